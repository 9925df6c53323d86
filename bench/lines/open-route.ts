import { atLeast, type Line } from '../line.ts'
import { admitted, open } from '../sides/embedded.ts'

export const openRoute: Line = {
  name: 'open-route',
  says: 'admitted `GET` (small JSON) ÷ the unauthenticated route of the same server, embedded, full sync, all keys in use',
  digits: 2,
  must: atLeast(0.45),
  aim: atLeast(0.65),
  sides: [open, admitted],
  figure: (of) => of(admitted).requestsPerSecond / of(open).requestsPerSecond,
}

import { atLeast, type Line } from '../line.ts'
import { admittedBeside } from '../sides/beside.ts'
import { admitted, limited } from '../sides/embedded.ts'

export const limitsRate: Line = {
  name: 'limits',
  says: 'admitted with permissions, networks and a policy of every kind ÷ admitted without, embedded, full sync',
  digits: 2,
  must: atLeast(0.85),
  sides: [admitted, limited],
  figure: (of) => of(limited).requestsPerSecond / of(admitted).requestsPerSecond,
}

export const limitsBesideRate: Line = {
  name: 'limits-beside',
  says: 'admitted with permissions, networks and a policy of every kind ÷ admitted by another commit, embedded, full sync',
  digits: 2,
  must: atLeast(0.85),
  sides: [admittedBeside, limited],
  figure: (of) => of(limited).requestsPerSecond / of(admittedBeside).requestsPerSecond,
}

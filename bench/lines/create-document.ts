import { atLeast, type Line } from '../line.ts'
import { created, documentBytes } from '../sides/documents.ts'

export const createDocument: Line = {
  name: 'create-document',
  says: `\`POST /knowledge-base\`, ${documentBytes} bytes of text: admitted, stored, durable, embedded, requests a second`,
  digits: 0,
  must: atLeast(1_500),
  aim: atLeast(4_000),
  sides: [created],
  figure: (of) => of(created).requestsPerSecond,
}

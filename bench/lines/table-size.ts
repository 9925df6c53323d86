import { atMost, type Line } from '../line.ts'
import { fewKeys, manyKeys } from '../sides/table-size.ts'

export const tableCost: Line = {
  name: 'many-keys-cost',
  says: 'cost with 10 million keys in the table ÷ with 10 thousand',
  digits: 2,
  must: atMost(1.5),
  aim: atMost(1.2),
  sides: [fewKeys, manyKeys],
  figure: (of) => of(fewKeys).requestsPerSecond / of(manyKeys).requestsPerSecond,
}

export const tableMemory: Line = {
  name: 'many-keys-memory',
  says: 'resident memory with 10 million keys − with 10 thousand, MB',
  digits: 1,
  must: atMost(50),
  aim: atMost(10),
  sides: [fewKeys, manyKeys],
  figure: (of) => (of(manyKeys).residentBytes - of(fewKeys).residentBytes) / 1e6,
}

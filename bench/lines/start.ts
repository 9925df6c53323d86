import { atMost, type Line } from '../line.ts'
import { start, startByNpm } from '../sides/start.ts'

export const startTime: Line = {
  name: 'start',
  says: 'start to listening, existing database, seconds',
  digits: 2,
  must: atMost(0.5),
  aim: atMost(0.3),
  sides: [start],
  figure: (of) => of(start).startMs / 1_000,
}

export const npmStartTime: Line = {
  name: 'npm-start',
  says: '`npm start` to listening, from the second time on, seconds',
  digits: 2,
  must: atMost(1),
  sides: [startByNpm],
  figure: (of) => of(startByNpm).startMs / 1_000,
}

import { atMost, type Line } from '../line.ts'
import { commits, loneAdmitted, loneOpen } from '../sides/embedded.ts'

export const loneRequest: Line = {
  name: 'lone-request',
  says: 'one connection, nobody else: latency added by admission − one commit, medians, ms',
  digits: 2,
  must: atMost(0.3),
  aim: atMost(0.1),
  sides: [loneOpen, loneAdmitted, commits],
  figure: (of) => of(loneAdmitted).p50Ms - of(loneOpen).p50Ms - of(commits).p50Ms,
}

export const oneCommit: Line = {
  name: 'one-commit',
  says: 'one commit, embedded, full sync, median, ms',
  digits: 2,
  sides: [commits],
  figure: (of) => of(commits).p50Ms,
}

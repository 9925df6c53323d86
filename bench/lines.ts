import type { Line } from './line.ts'
import { betterAuthRates, overBetterAuth, overDurableBetterAuth, overFastestBetterAuth, p99OfBetterAuth } from './lines/better-auth.ts'
import { createDocument } from './lines/create-document.ts'
import { keysPageScripts, keysPageTime } from './lines/keys-page.ts'
import { limitsBesideRate, limitsRate } from './lines/limits.ts'
import { loneRequest, oneCommit } from './lines/lone-request.ts'
import { openRoute } from './lines/open-route.ts'
import { hotKeyRate, overPointSelect, postgresCpu, postgresRates } from './lines/postgres.ts'
import { admittedP99, admittedRate, bareRate, loadBusy, openRate } from './lines/rates.ts'
import { npmStartTime, startTime } from './lines/start.ts'
import { tableCost, tableMemory } from './lines/table-size.ts'

/** Every line, in the order of the table. */
export const lines: readonly Line[] = [
  openRoute,
  limitsRate,
  limitsBesideRate,
  overBetterAuth,
  overDurableBetterAuth,
  overFastestBetterAuth,
  p99OfBetterAuth,
  loneRequest,
  tableCost,
  tableMemory,
  overPointSelect,
  postgresCpu,
  hotKeyRate,
  createDocument,
  startTime,
  npmStartTime,
  keysPageTime,
  keysPageScripts,
  bareRate,
  openRate,
  loadBusy,
  admittedRate,
  admittedP99,
  oneCommit,
  ...betterAuthRates,
  ...postgresRates,
]

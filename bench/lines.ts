import type { Line } from './line.ts'
import { createDocument } from './lines/create-document.ts'
import { loneRequest, oneCommit } from './lines/lone-request.ts'
import { openRoute } from './lines/open-route.ts'
import { admittedP99, admittedRate, bareRate, loadBusy, openRate } from './lines/rates.ts'

/** Every line, in the order of the table. */
export const lines: readonly Line[] = [
  openRoute,
  loneRequest,
  createDocument,
  bareRate,
  openRate,
  loadBusy,
  admittedRate,
  admittedP99,
  oneCommit,
]

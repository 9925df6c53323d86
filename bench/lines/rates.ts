import type { Line } from '../line.ts'
import { admitted, bare, open } from '../sides/embedded.ts'
import { connections } from '../sides/measure-server.ts'

/** What the ratios are made of, for orientation: these figures are of this machine. */

export const bareRate: Line = {
  name: 'bare-rate',
  says: 'bare `node:http`, requests a second',
  digits: 0,
  sides: [bare],
  figure: (of) => of(bare).requestsPerSecond,
}

export const openRate: Line = {
  name: 'open-rate',
  says: 'unauthenticated route, requests a second',
  digits: 0,
  sides: [open],
  figure: (of) => of(open).requestsPerSecond,
}

export const loadBusy: Line = {
  name: 'load-busy',
  says: 'share of its core that the load is busy with the unauthenticated route; at 1.00 the load would be what limits',
  digits: 2,
  sides: [open],
  figure: (of) => of(open).loadBusy,
}

export const admittedRate: Line = {
  name: 'admitted-rate',
  says: 'admitted, embedded, full sync, requests a second',
  digits: 0,
  sides: [admitted],
  figure: (of) => of(admitted).requestsPerSecond,
}

export const admittedP99: Line = {
  name: 'admitted-p99',
  says: `p99 of admitted requests at ${connections} connections, embedded, full sync, ms`,
  digits: 2,
  sides: [admitted],
  figure: (of) => of(admitted).p99Ms,
}

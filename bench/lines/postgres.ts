import { atLeast, atMost, type Line } from '../line.ts'
import { admittedOnPostgres, hotKey, processCount, selected } from '../sides/postgres.ts'

export const overPointSelect: Line = {
  name: 'postgres-over-select',
  says: "PostgreSQL on the load's core: admitted by one process ÷ one `pg` point select a request through the same Fastify",
  digits: 2,
  must: atLeast(1),
  aim: atLeast(1.6),
  sides: [selected, admittedOnPostgres],
  figure: (of) => of(admittedOnPostgres).requestsPerSecond / of(selected).requestsPerSecond,
}

export const postgresCpu: Line = {
  name: 'postgres-cpu',
  says: "PostgreSQL's CPU time an admitted request, µs",
  digits: 1,
  must: atMost(25),
  aim: atMost(12),
  sides: [admittedOnPostgres],
  figure: (of) => (of(admittedOnPostgres).postgresCpuMs * 1_000) / of(admittedOnPostgres).answered,
}

export const hotKeyRate: Line = {
  name: 'postgres-hot-key',
  says: `one hot key on PostgreSQL, ${processCount} processes, quota set high: admissions a second`,
  digits: 0,
  must: atLeast(8_000),
  aim: atLeast(20_000),
  sides: [hotKey],
  figure: (of) => of(hotKey).requestsPerSecond,
}

/** For orientation. */
export const postgresRates: readonly Line[] = [
  {
    name: 'postgres-select-rate',
    says: 'one `pg` point select a request, requests a second',
    digits: 0,
    sides: [selected],
    figure: (of) => of(selected).requestsPerSecond,
  },
  {
    name: 'postgres-admitted-rate',
    says: 'admitted on PostgreSQL by one process, requests a second',
    digits: 0,
    sides: [admittedOnPostgres],
    figure: (of) => of(admittedOnPostgres).requestsPerSecond,
  },
]

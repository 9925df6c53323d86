import { setTimeout } from 'node:timers/promises'
import type { Pair } from './database.ts'
import type { Clock } from './history.ts'

const dayMs = 86_400_000
const readEveryMs = 200

const readNow = `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`

/** Half a second before the next midnight, from where the clock goes on by itself. */
const toMidnight = `update moved_clock set ms = ms + floor(extract(epoch from
  date_trunc('day', clock_timestamp() at time zone 'UTC') + interval '1 day' - interval '500 ms' - (clock_timestamp() at time zone 'UTC')) * 1000)::bigint`

export interface DatabaseClock {
  /** The database's time now, as far as it is known here. */
  now(): number
  /** The UTC day that ends `seconds` after the time of an answer; null while the clock was moved between `begun` and `ended`. */
  dayOf(seconds: number, begun: number, ended: number): string | null
  moveToMidnight(): Promise<void>
  stop(): Promise<void>
}

/** Reads the database's clock again and again into `readings`, until it is stopped. */
export async function watchClock(pair: Pair, readings: Clock[]): Promise<DatabaseClock> {
  let offset = 0
  let running = true
  const moves: { readonly begun: number; ended: number }[] = []

  async function read() {
    const [row] = await pair.ask<{ now: string }>(readNow)
    const ended = performance.now()
    readings.push({ ended, now: Number(row!.now) })
    offset = Number(row!.now) - ended
  }
  await read()
  const reading = (async () => {
    while (running) {
      await setTimeout(readEveryMs)
      await read()
    }
  })()

  return {
    now: () => performance.now() + offset,
    dayOf(seconds, begun, ended) {
      if (moves.some((move) => begun < move.ended && ended > move.begun)) return null
      const end = Math.round((ended + offset + seconds * 1000) / dayMs) * dayMs
      return new Date(end - dayMs).toISOString().slice(0, 10)
    },
    async moveToMidnight() {
      const move = { begun: performance.now(), ended: Number.POSITIVE_INFINITY }
      moves.push(move)
      await pair.ask(toMidnight)
      await read()
      move.ended = performance.now()
    },
    async stop() {
      running = false
      await reading
    },
  }
}

import { setTimeout } from 'node:timers/promises'
import type { Clients } from './clients.ts'
import type { Cluster } from './cluster.ts'
import type { DatabaseClock } from './database-clock.ts'
import { pick } from './random.ts'

/** What faults are injected into. */
export interface Target {
  readonly cluster: Cluster
  readonly clock: DatabaseClock
  readonly clients: Clients
  readonly random: () => number
  /** Gets a sentence for what the others should have gone on doing and did not. */
  readonly complain: (sentence: string) => void
}

/** How many requests the others must have decided while one is stopped, and how long they have for it: far more than a lock's 5 s. */
const othersDecide = 20
const othersMaxMs = 30_000

/** How long a broken way stays so; a server gives up an answer after 17 s at most. */
const shortMs = 2_000
const longMs = 20_000

/** Breaks something and mends it. Each is a fault that the servers must bear. */
export type Fault = (target: Target) => Promise<void>

export const faults: Readonly<Record<string, Fault>> = {
  async 'a server is killed and started again'({ cluster, random }) {
    const copy = pick(random, cluster.copies)
    copy.program.child.kill('SIGKILL')
    await copy.program.ended
    await setTimeout(random() * 500)
    await copy.start()
  },

  async 'a server is stopped and continued'({ cluster, clients, random, complain }) {
    const index = Math.floor(random() * cluster.copies.length)
    const { child } = cluster.copies[index]!.program
    child.kill('SIGSTOP')
    const before = [...clients.decided]
    const until = performance.now() + othersMaxMs
    const waited = () => clients.decided.some((decided, other) => other !== index && decided - before[other]! < othersDecide)
    while (waited() && performance.now() < until) await setTimeout(20)
    if (waited()) complain(`a stopped server held the others up for ${othersMaxMs / 1000} s`)
    child.kill('SIGCONT')
  },

  async 'PostgreSQL is killed and started again'({ cluster }) {
    await cluster.pair.crash()
  },

  async 'the connections of a server to PostgreSQL are cut, over and over'({ cluster, random }) {
    const { ways } = pick(random, cluster.copies)
    for (let times = 0; times < 20; times++) {
      for (const way of ways) way.cut()
      await setTimeout(random() * 100)
    }
  },

  async 'a server and PostgreSQL are stalled and healed'({ cluster, random }) {
    await stall(cluster, random, shortMs)
  },

  async 'midnight passes'({ clock }) {
    await clock.moveToMidnight()
    await setTimeout(1_000)
  },

  async 'PostgreSQL is killed, the standby takes over, and gets a standby of its own'({ cluster, random }) {
    await cluster.pair.failOver(cluster.fence)
    await setTimeout(random() * 2_000)
    await cluster.pair.rebuild(cluster.unfence)
  },
}

/** What takes too long for a short run. */
export const longFaults: Readonly<Record<string, Fault>> = {
  async 'a server and PostgreSQL are stalled for longer than a server waits, and healed'({ cluster, random }) {
    await stall(cluster, random, longMs)
  },
}

async function stall(cluster: Cluster, random: () => number, ms: number) {
  const { ways } = pick(random, cluster.copies)
  for (const way of ways) way.stall()
  await setTimeout(ms)
  for (const way of ways) way.heal()
}

/** Resolves when every copy has decided something that it was asked from now on. Complains about one that does not within a minute. */
export async function untilRecovered({ clients, complain }: Target, after: string): Promise<void> {
  const before = [...clients.decided]
  const until = performance.now() + 60_000
  for (const index of before.keys()) {
    while (clients.decided[index]! <= before[index]! + 1 && performance.now() < until) await setTimeout(20)
    if (clients.decided[index]! <= before[index]! + 1) complain(`server ${index} decided nothing for a minute after ${after}`)
  }
}

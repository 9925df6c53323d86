import { type Checked, checkHistory } from './check-history.ts'
import { runClients, type Subject } from './clients.ts'
import { startCluster } from './cluster.ts'
import { watchClock } from './database-clock.ts'
import { type Fault, faults, longFaults, type Target, untilRecovered } from './faults.ts'
import { type History, newHistory } from './history.ts'
import { generateKey, makeOwner, runLives } from './lives.ts'
import { createRandom, pick } from './random.ts'
import { readFinal } from './read-final.ts'

export interface FaultRun {
  /** The same seed gives the same faults in the same order; not the same interleaving. */
  readonly seed: number
  /** Each fault there is once; or faults for so many minutes. */
  readonly minutes?: number
  /** Gets a line for every fault, as it begins. */
  readonly say: (line: string) => void
}

export interface FaultReport extends Checked {
  readonly seed: number
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>
}

/** Small enough that keys which are used all the time get to its end on the days there are. */
const shortQuota = 60
const longQuota = 600
const hotKeys = 3
const owners = 2
const clientsAtOnce = 12

/** Sessions live for a fortnight by the clock that is moved. */
const maxMidnights = 8

/**
 * Three server processes and a PostgreSQL primary with a synchronous standby, under load, while faults are injected one after the
 * other; then what clients saw is checked against the promises and against what the database has.
 */
export async function runFaults({ seed, minutes, say }: FaultRun): Promise<FaultReport> {
  const random = createRandom(seed)
  const history: History = newHistory()
  const complaints: string[] = []
  const injected: Record<string, number> = {}
  const quota = minutes === undefined ? shortQuota : longQuota
  const cluster = await startCluster(quota)
  try {
    const clock = await watchClock(cluster.pair, history.clock)
    const world = { cluster, clock, history, random }
    const owning = []
    for (let number = 0; number < owners; number++) owning.push(await makeOwner(world, number))
    const hot: Subject[] = []
    for (let number = 0; number < hotKeys; number++) hot.push(await generateKey(world, owning[0]!.person, owning[0]!.organizationId))
    const subjects = new Set<Subject>()
    const clients = runClients(world, { hot, subjects }, clientsAtOnce)
    const lives = runLives(world, owning, subjects)

    // The order of faults has a source of its own, which what clients do does not disturb.
    const target: Target = { cluster, clock, clients, random: createRandom(seed + 1), complain: (sentence) => complaints.push(sentence) }
    for (const [name, fault] of planned(createRandom(seed + 2), minutes)) {
      say(name)
      await fault(target)
      await untilRecovered(target, name)
      injected[name] = (injected[name] ?? 0) + 1
    }
    // Clients go on until the last key has ended.
    await lives.stop()
    await clients.stop()
    const final = await readFinal(cluster, owning[0]!, hot)
    await clock.stop()
    const checked = checkHistory(history, final, quota)
    return { ...checked, violations: [...complaints, ...checked.violations], seed, faults: injected }
  } finally {
    await cluster.remove()
  }
}

function* planned(random: () => number, minutes: number | undefined): Generator<readonly [string, Fault]> {
  if (minutes === undefined) {
    const left = Object.entries(faults)
    while (left.length > 0) yield left.splice(Math.floor(random() * left.length), 1)[0]!
    return
  }
  const until = performance.now() + minutes * 60_000
  const all = [...Object.entries(faults), ...Object.entries(longFaults)]
  let midnights = 0
  while (performance.now() < until) {
    const [name, fault] = pick(random, all)
    if (name === 'midnight passes' && ++midnights > maxMidnights) continue
    yield [name, fault]
  }
}

import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { LeafPadError } from '../errors.ts'

/** How many connections somebody may have at once: of PostgreSQL's ten, what leaves most to the others. */
export const maxHeld = 3

/** How many may wait on behalf of somebody, and for how long. */
export const maxWaiting = 256
const maxWaitMs = 5_000

const behalf = new AsyncLocalStorage<readonly string[]>()

/**
 * Does work on behalf of somebody: all that it asks of a database, however deep inside, takes a place of each of them first. The ids of
 * organizations and users say who; work on behalf of nobody, which is all work by default, takes no place.
 */
export function onBehalfOf<Result>(whom: readonly string[], work: () => Result): Result {
  return behalf.getStore() === whom ? work() : behalf.run(whom, work)
}

/** On whose behalf what is done now is done. */
export function onWhoseBehalf(): readonly string[] {
  return behalf.getStore() ?? []
}

/**
 * Does on behalf of somebody all that whoever calls it does from here on. For work that has a context of its own, as a request has; it spares two
 * contexts that are made anew, one of them only to be left again.
 */
export function continueOnBehalfOf(whom: readonly string[]): void {
  if (behalf.getStore() !== whom) behalf.enterWith(whom)
}

/**
 * A dialect whose connections are had only with a place of everybody on whose behalf the work is done, for as long as the connection is
 * had. Whoever waits for a row keeps a connection meanwhile, so that without this, a flood of one organization's requests for a row could
 * keep all of them. Rejects with `overloaded` when too many wait already, or one has waited too long.
 */
export function withPlaces(dialect: Dialect): Dialect {
  return {
    createDriver: () => new PlacesDriver(dialect.createDriver()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
  }
}

class PlacesDriver implements Driver {
  readonly #driver: Driver
  readonly #places = new Places()
  readonly #leave = new WeakMap<DatabaseConnection, () => void>()

  constructor(driver: Driver) {
    this.#driver = driver
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const whom = onWhoseBehalf()
    if (whom.length === 0) return this.#driver.acquireConnection()
    const leave = await this.#places.take(whom)
    try {
      const connection = await this.#driver.acquireConnection()
      this.#leave.set(connection, leave)
      return connection
    } catch (error) {
      leave()
      throw error
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const leave = this.#leave.get(connection)
    // A pool may hand out the same connection again at once, to somebody else.
    this.#leave.delete(connection)
    try {
      await this.#driver.releaseConnection(connection)
    } finally {
      leave?.()
    }
  }

  init: Driver['init'] = (options) => this.#driver.init(options)
  beginTransaction: Driver['beginTransaction'] = (connection, settings) => this.#driver.beginTransaction(connection, settings)
  commitTransaction: Driver['commitTransaction'] = (connection) => this.#driver.commitTransaction(connection)
  rollbackTransaction: Driver['rollbackTransaction'] = (connection) => this.#driver.rollbackTransaction(connection)
  destroy: Driver['destroy'] = (options) => this.#driver.destroy(options)
}

interface Waiting {
  readonly whom: readonly string[]
  grant(): void
}

/** `maxHeld` places for each name. */
export class Places {
  readonly #held = new Map<string, number>()
  readonly #waitingFor = new Map<string, number>()
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>()

  /**
   * Resolves, to a function that gives them back, once there is a place of each name: all or none, so that nobody keeps one while waiting
   * for another. Rejects with `overloaded`.
   */
  async take(whom: readonly string[]): Promise<() => void> {
    if (this.#areFree(whom)) return this.#hold(whom)
    if (whom.some((name) => (this.#waitingFor.get(name) ?? 0) >= maxWaiting)) throw overloaded()
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
        change(this.#waitingFor, whom, -1)
      }
      const waiting: Waiting = {
        whom,
        grant: () => {
          end()
          resolve(this.#hold(whom))
        },
      }
      const timer = setTimeout(() => {
        end()
        reject(overloaded())
      }, maxWaitMs)
      this.#waiting.add(waiting)
      change(this.#waitingFor, whom, 1)
    })
  }

  #areFree(whom: readonly string[]): boolean {
    return whom.every((name) => (this.#held.get(name) ?? 0) < maxHeld)
  }

  #hold(whom: readonly string[]): () => void {
    change(this.#held, whom, 1)
    return () => {
      change(this.#held, whom, -1)
      for (const waiting of this.#waiting) if (this.#areFree(waiting.whom)) waiting.grant()
    }
  }
}

/** Adds to the count of each name; a count of nothing is not kept. */
function change(counts: Map<string, number>, names: readonly string[], by: 1 | -1) {
  for (const name of names) {
    const count = (counts.get(name) ?? 0) + by
    if (count === 0) counts.delete(name)
    else counts.set(name, count)
  }
}

function overloaded(): LeafPadError {
  return new LeafPadError('overloaded', {
    detail: 'Too many requests of your account or organization wait for the database. Try again in a moment, with fewer at a time.',
    headers: { 'retry-after': '1' },
  })
}

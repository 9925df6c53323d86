/** Whoever waited longer than this for its turn is refused, so that a stuck holder shows as an error and not as a hang. */
const maxWaitMs = 10_000

/** Rejected with when a turn was not had in time. */
export class TurnTimeoutError extends Error {
  override name = 'TurnTimeoutError'
}

interface Waiting {
  grant(): void
}

/**
 * One holder at a time, first come, first served. SQLite has one writer; letting those of one process queue here keeps each of
 * them from waiting inside SQLite, where a wait blocks its whole thread and the order is left to chance.
 */
export class Turn {
  #held = false
  readonly #waiting = new Set<Waiting>()
  #refused: Error | undefined

  /** Resolves when it is the caller's turn, to a function that ends it. Rejects with TurnTimeoutError after 10 seconds, and once all are refused. */
  take(): Promise<() => void> {
    if (this.#refused !== undefined) return Promise.reject(this.#refused)
    if (!this.#held) {
      this.#held = true
      return Promise.resolve(this.#release())
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        grant: () => {
          clearTimeout(timer)
          resolve(this.#release())
        },
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting)
        reject(new TurnTimeoutError(`the database was not free within ${maxWaitMs / 1000} s`))
      }, maxWaitMs)
      this.#waiting.add(waiting)
    })
  }

  /** Refuses everybody from now on, those who wait aside. */
  refuseAll(error: Error): void {
    this.#refused = error
  }

  #release(): () => void {
    let released = false
    return () => {
      if (released) return
      released = true
      const [next] = this.#waiting
      if (next === undefined) {
        this.#held = false
        return
      }
      this.#waiting.delete(next)
      next.grant()
    }
  }
}

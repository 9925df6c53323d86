/** What is open for as long as something lasts: each opened when it is first asked for, and ended with it. */
export class Scope {
  readonly #opened = new Map<string, Promise<unknown>>()
  readonly #ends: (() => unknown)[] = []

  /** What `open` gives, the same for everybody who asks by this name. */
  once<Opened>(name: string, open: () => Promise<Opened>): Promise<Opened> {
    const found = this.#opened.get(name) as Promise<Opened> | undefined
    if (found !== undefined) return found
    const opened = open()
    this.#opened.set(name, opened)
    return opened
  }

  /** Has `end` called at the end, before what was opened earlier is ended. */
  after(end: () => unknown): void {
    this.#ends.push(end)
  }

  /** Ends everything, the last opened first. */
  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }
}

import { setImmediate } from 'node:timers/promises'

interface Waiting<Item, Outcome> {
  readonly item: Item
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

export interface BatchesOptions<Item, Outcome> {
  /** Does a batch, and gives an outcome for each item of it, in order. What it throws, all of them are rejected with. */
  act(items: readonly Item[]): Promise<readonly Outcome[]>
  /** Items of different groups share no batch and do not wait for each other; by default all are of one. */
  groupOf?(item: Item): string
  /** Items of a batch; default 64. */
  readonly maxBatch?: number
}

/**
 * Has things that are asked for at the same time done together, first come, first served. A group has one batch under way; what is
 * asked for meanwhile makes up the next one. Idle, it waits for nothing but the end of the event loop's turn.
 */
export function inBatches<Item, Outcome>({ act, groupOf = () => '', maxBatch = 64 }: BatchesOptions<Item, Outcome>) {
  const groups = new Map<string, Waiting<Item, Outcome>[]>()

  return (item: Item): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const group = groupOf(item)
      const waiting = groups.get(group)
      if (waiting !== undefined) {
        waiting.push({ item, resolve, reject })
        return
      }
      groups.set(group, [{ item, resolve, reject }])
      run(group)
    })

  async function run(group: string) {
    const waiting = groups.get(group)!
    while (waiting.length > 0) {
      await setImmediate()
      const batch = waiting.splice(0, maxBatch)
      try {
        const outcomes = await act(batch.map(({ item }) => item))
        for (const [position, { resolve }] of batch.entries()) resolve(outcomes[position]!)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    groups.delete(group)
  }
}

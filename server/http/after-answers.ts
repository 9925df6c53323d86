export interface Gathered<Item> {
  add(item: Item): void
  /** Does now what there is to do; nothing where nothing was added. */
  flush(): void
}

/**
 * Gathers what is to be told of answered requests, which no client waits for, and has it done at once, three turns of the event loop after
 * the first was added. Under load many answers go out in one turn, and who got one asks again at once: by then those requests are read and
 * wait for their verdict, and this fills time in which the process would wait for the database.
 * @param act does it, with what was added in order; must not throw
 */
export function afterAnswers<Item>(act: (items: readonly Item[]) => void): Gathered<Item> {
  let items: Item[] = []
  function flush() {
    if (items.length === 0) return
    const gathered = items
    items = []
    act(gathered)
  }
  return {
    add(item) {
      if (items.length === 0) setImmediate(() => setImmediate(() => setImmediate(flush)))
      items.push(item)
    },
    flush,
  }
}

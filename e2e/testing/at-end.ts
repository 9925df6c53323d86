const endsOf = new WeakMap<object, (() => unknown)[]>()

/**
 * Has `end` done after the test, before what was asked for earlier: a page is closed before the server it is of, and that before its
 * folder is removed. All are done, whichever fails; the first failure is the test's.
 */
export function atEnd(t: { after(end: () => Promise<void>): void }, end: () => unknown): void {
  const ends = endsOf.get(t)
  if (ends !== undefined) {
    ends.push(end)
    return
  }
  const first = [end]
  endsOf.set(t, first)
  t.after(async () => {
    const failures: unknown[] = []
    for (const one of first.reverse()) {
      try {
        await one()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  })
}

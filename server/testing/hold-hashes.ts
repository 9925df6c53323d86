import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'

/**
 * Has every hash of a password in this process wait, until the test ends, for what `meanwhile` does. Returns how that ended, which grows
 * by one for each hash.
 */
export function holdHashes(test: TestContext, meanwhile: () => Promise<unknown>): readonly PromiseSettledResult<unknown>[] {
  const outcomes: PromiseSettledResult<unknown>[] = []
  const hash = crypto.scrypt as (...given: unknown[]) => void
  test.mock.method(crypto, 'scrypt', async (...given: unknown[]) => {
    outcomes.push(...(await Promise.allSettled([meanwhile()])))
    hash(...given)
  })
  // For who imports it by its name.
  syncBuiltinESMExports()
  test.after(() => {
    test.mock.restoreAll()
    syncBuiltinESMExports()
  })
  return outcomes
}

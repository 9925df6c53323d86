import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { seedKey } from '../testing/seed.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { isUnavailable } from './unavailable.ts'

it('a transaction that pauses, as one of a process that was stopped, is ended by PostgreSQL, so that others get what it has locked', async (t) => {
  const database = await openTestDatabase('postgres', t)
  const { keyId } = await seedKey(database)
  const lock = sql`select id from key where id = ${keyId} for update`
  const locked = Promise.withResolvers<void>()
  const freed = Promise.withResolvers<void>()
  const stopped = database.kysely.transaction().execute(async (transaction) => {
    await lock.execute(transaction)
    locked.resolve()
    await freed.promise
    await sql`select 1`.execute(transaction)
  })
  stopped.catch(() => {})
  await locked.promise
  // Waiting for a lock ends as well; whoever asks again has it.
  const tryLock = () =>
    lock.execute(database.kysely).then(
      () => true,
      (error) => (isUnavailable(error) ? false : Promise.reject(error)),
    )
  while (!(await tryLock()));
  freed.resolve()
  await assert.rejects(stopped, isUnavailable)
})

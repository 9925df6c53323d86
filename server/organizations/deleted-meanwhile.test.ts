import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { createOrganization } from './create-organization.ts'

/** Has the account deleted just before its session is inserted, as by a request that came between. */
async function deleteBeforeSession({ kind, kysely }: Database) {
  const statements =
    kind === 'sqlite'
      ? ['create trigger gone before insert on session begin delete from user where id = new."userId"; end']
      : [
          `create function gone() returns trigger language plpgsql as $$ begin delete from "user" where id = new."userId"; return new; end $$`,
          'create trigger gone before insert on session for each row execute function gone()',
        ]
  for (const statement of statements) await sql.raw(statement).execute(kysely)
}

for (const kind of databaseKinds) {
  describe(`an account that is deleted meanwhile, on ${kind}`, () => {
    it('is none to sign in to, like one that never was', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      await dashboard.setUp()
      const signIn = (password: string) => dashboard.browser().ask('POST', '/sign-in', { email: 'owner@example.test', password })
      const { requestId: _, ...unknown } = (await signIn('not the password')).body
      await deleteBeforeSession(database)
      const { requestId: __, ...gone } = (await signIn(testPassword)).body
      assert.deepEqual([gone.code, gone], ['wrong_email_or_password', unknown])
    })

    it('gets no session, nor an organization', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const userId = (await owner.ask('GET', '/session')).body.user.id
      await deleteBeforeSession(database)
      const start = () => dashboard.authentication.startSession({ address: '127.0.0.1', headers: {} }, userId)
      await assert.rejects(start(), { code: 'not_signed_in' }, 'between being found and its session')
      await sql`drop trigger gone ${sql.raw(kind === 'sqlite' ? '' : 'on session')}`.execute(database.kysely)
      await database.kysely.deleteFrom('user').where('id', '=', userId).execute()
      await assert.rejects(start(), { code: 'not_signed_in' })
      await assert.rejects(createOrganization(database, { name: 'Late', userId }), { code: 'not_signed_in' })
      assert.equal((await database.kysely.selectFrom('organization').select('id').where('name', '=', 'Late').execute()).length, 0)
    })
  })
}

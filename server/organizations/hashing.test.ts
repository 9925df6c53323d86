import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { holdHashes } from '../testing/hold-hashes.ts'
import { type Answer, type Browser, openTestDashboard, type TestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { createPasswordReset } from './create-password-reset.ts'
import { createSetUpToken } from './create-set-up-token.ts'

const ownerEmail = 'owner@example.test'

/** The hash of one that somebody had before is remembered. */
const freshPassword = () => randomBytes(10).toString('hex')

/** Whatever hashes a password, with how many hashes it takes: prepares it, and says how to ask for it. */
const hashing: Record<string, [hashes: number, (dashboard: TestDashboard, database: Database) => Promise<() => Promise<Answer>>]> = {
  'an installation is set up': [
    1,
    async ({ browser }, database) => {
      const body = {
        token: await createSetUpToken(database),
        name: 'Ada',
        email: ownerEmail,
        password: freshPassword(),
        organizationName: 'Acme',
      }
      return () => browser().ask('POST', '/set-up', body)
    },
  ],
  'somebody signs up': [
    1,
    async (dashboard) => {
      const invitationToken = await invite(await dashboard.setUp())
      return () =>
        dashboard
          .browser()
          .ask('POST', '/sign-up', { invitationToken, name: 'Nora', email: 'nora@example.test', password: freshPassword() })
    },
  ],
  'somebody signs in': [
    1,
    async (dashboard) => {
      await dashboard.setUp()
      return () => dashboard.browser().ask('POST', '/sign-in', { email: ownerEmail, password: testPassword })
    },
  ],
  'a password is changed': [
    2,
    async (dashboard) => {
      const owner = await dashboard.setUp()
      return () => owner.ask('POST', '/password', { password: testPassword, newPassword: freshPassword() })
    },
  ],
  'a password is reset': [
    1,
    async (dashboard, database) => {
      await dashboard.setUp()
      const token = await createPasswordReset(database, ownerEmail)
      return () => dashboard.browser().ask('POST', '/password-reset', { token, password: freshPassword() })
    },
  ],
  'an account is deleted': [
    1,
    async (dashboard) => {
      const nora = await dashboard.join(await dashboard.setUp(), 'nora', 'member')
      return () => nora.ask('DELETE', '/account', { password: testPassword })
    },
  ],
}

async function invite(owner: Browser): Promise<string> {
  const { organization } = (await owner.ask('GET', '/session')).body
  const { body } = await owner.ask('POST', `/organizations/${organization.id}/invitations`, { email: 'nora@example.test', role: 'member' })
  return body.link.split('#token=')[1]
}

/** Writes to the rows that are asked for, and rejects where anybody else has a transaction: SQLite has one, PostgreSQL tells. */
async function requireNoTransaction({ kind, kysely }: Database) {
  await kysely.transaction().execute(async (transaction) => {
    await transaction.updateTable('user').set({ name: 'Renamed' }).execute()
    if (kind === 'sqlite') return
    const { rows } = await sql`select query from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and xact_start is not null and pid <> pg_backend_pid()`.execute(
      transaction,
    )
    assert.deepEqual(rows, [])
  })
}

for (const kind of databaseKinds) {
  describe(`no transaction is held, on ${kind}, and nobody held up, by the hash of a password when`, () => {
    for (const [name, [hashes, prepare]] of Object.entries(hashing)) {
      it(name, { timeout: 60_000 }, async (t) => {
        const database = await openTestDatabase(kind, t)
        const ask = await prepare(await openTestDashboard(database, t), database)
        const outcomes = holdHashes(t, () => requireNoTransaction(database))
        const { status, body } = await ask()
        assert.equal(status, 204, JSON.stringify(body))
        assert.deepEqual(outcomes, Array(hashes).fill({ status: 'fulfilled', value: undefined }))
      })
    }
  })
}

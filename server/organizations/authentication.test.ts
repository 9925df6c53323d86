import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { getMigrations } from 'better-auth/db/migration'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { testConfig } from '../testing/test-config.ts'
import { openTestDashboard, testPassword } from '../testing/test-dashboard.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { betterAuthOptions, createAuthentication } from './authentication.ts'
import { createPasswordReset } from './create-password-reset.ts'

const tables = ['user', 'session', 'account', 'verification', 'organization', 'member', 'invitation', 'rateLimit', 'oneTimeToken']

/** Everything the database holds about accounts, as text. */
async function everythingStored(database: Database): Promise<string> {
  const rows = await Promise.all(tables.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(database.kysely)).rows))
  const file = database.kind === 'sqlite' ? readFileSync(database.file, 'latin1') + readFileSync(`${database.file}-wal`, 'latin1') : ''
  return JSON.stringify(rows) + file
}

it('leaves threads to reading files while many passwords are hashed', async (t) => {
  const database = await openTestDatabase('sqlite', t)
  const { hashPassword, verifyPassword } = await createAuthentication({ database, config: testConfig() })
  const hash = await hashPassword(testPassword)
  const order: string[] = []
  const hashes = Array.from({ length: 4 }, () => [
    hashPassword(testPassword).then(() => order.push('password')),
    verifyPassword(hash, testPassword).then(() => order.push('password')),
  ])
  const read = readFile(import.meta.filename).then(() => order.push('file'))
  await Promise.all([...hashes.flat(), read])
  assert.equal(order[0], 'file')
})

for (const kind of databaseKinds) {
  describe(`authentication on ${kind}`, () => {
    it('has every table, column and index that better-auth wants, and none it stumbles over', async (t) => {
      const database = await openTestDatabase(kind, t)
      const options = betterAuthOptions({ database, config: testConfig() })
      const wanted = await getMigrations({ ...options, database: { db: database.kysely, type: kind } }, { throwOnUnsafe: false })
      const { toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems } = wanted
      assert.deepEqual(
        { toBeCreated, toBeAdded, toBeAddedIndexes, unsafeChanges, schemaProblems },
        { toBeCreated: [], toBeAdded: [], toBeAddedIndexes: [], unsafeChanges: [], schemaProblems: [] },
      )
    })

    it('stores no 12 characters of a password, or of a token of a session or link', async (t) => {
      const database = await openTestDatabase(kind, t)
      const dashboard = await openTestDashboard(database, t)
      const owner = await dashboard.setUp()
      const sessionToken = decodeURIComponent(owner.cookie.split('=')[1]!).split('.')[0]!
      assert.equal(sessionToken.length, 32)
      const { organization } = (await owner.ask('GET', '/session')).body
      const invited = await owner.ask('POST', `/organizations/${organization.id}/invitations`, { email: 'a@example.test', role: 'member' })
      const linkToken = invited.body.link.split('#token=')[1]
      const resetToken = await createPasswordReset(database, 'owner@example.test')
      const stored = await everythingStored(database)
      assert.ok(stored.includes('owner@example.test'))
      for (const secret of [testPassword, sessionToken, linkToken, resetToken]) {
        for (let start = 0; start + 12 <= secret.length; start++) assert.ok(!stored.includes(secret.slice(start, start + 12)))
      }
    })

    it('sets a cookie that no script reads and other sites do not send; it is Secure where the address is https', async (t) => {
      const database = await openTestDatabase(kind, t)
      const config = { publicUrl: 'https://leafpad.example.test' }
      const owner = await (await openTestDashboard(database, t, { config })).setUp()
      assert.match(owner.cookie, /^__Host-leafpad\.session_token=/)
      const signedIn = await owner.ask('POST', '/sign-in', { email: 'owner@example.test', password: testPassword })
      assert.match(String(signedIn.headers['set-cookie']), /; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
      assert.equal((await owner.ask('GET', '/session')).body.user.email, 'owner@example.test')
      const out = await owner.ask('POST', '/sign-out')
      assert.match(String(out.headers['set-cookie']), /^__Host-leafpad\.session_token=; Max-Age=0;.*; Secure$/)

      const plain = await openTestDashboard(database, t)
      const visitor = plain.browser()
      const again = await visitor.ask('POST', '/sign-in', { email: 'Owner@Example.test', password: testPassword })
      assert.match(String(again.headers['set-cookie']), /^leafpad\.session_token=[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/)
    })

    it('answers a wrong password as an unknown address', async (t) => {
      const dashboard = await openTestDashboard(await openTestDatabase(kind, t), t)
      await dashboard.setUp()
      const wrong = await dashboard.browser().ask('POST', '/sign-in', { email: 'owner@example.test', password: 'not the password' })
      const unknown = await dashboard.browser().ask('POST', '/sign-in', { email: 'nobody@example.test', password: 'not the password' })
      const noAddress = await dashboard.browser().ask('POST', '/sign-in', { email: 'owner', password: 'not the password' })
      for (const { status, body } of [wrong, unknown, noAddress]) assert.deepEqual([status, body.code], [401, 'wrong_email_or_password'])
      assert.equal(wrong.body.detail, unknown.body.detail)
    })

    it('refuses a sign-in from another site', async (t) => {
      const { browser, setUp } = await openTestDashboard(await openTestDatabase(kind, t), t)
      await setUp()
      const elsewhere = browser({ origin: 'http://evil.example.test' })
      const answer = await elsewhere.ask('POST', '/sign-in', { email: 'owner@example.test', password: testPassword })
      assert.deepEqual([answer.status, answer.body.code, answer.cookie], [403, 'cross_origin', ''])
    })

    it('takes no session whose cookie it did not sign, that was never made, or that has expired by the clock of the database', async (t) => {
      let offset = 0
      const database = await openTestDatabase(kind, t, () => offset)
      const { authentication, setUp } = await openTestDashboard(database, t)
      const { cookie } = await setUp()
      const found = await authentication.findSession({ cookie })
      assert.equal(found?.email, 'owner@example.test')
      const [, value] = cookie.split('=')
      const [token, signature] = decodeURIComponent(value!).split('.')
      const name = 'leafpad.session_token'
      const another = `${token!.startsWith('x') ? 'y' : 'x'}${token!.slice(1)}`
      for (const forged of [token, `${token}.`, `${another}.${signature}`, `.${signature}`, '%', '']) {
        assert.equal(await authentication.findSession({ cookie: `${name}=${forged}` }), undefined)
      }
      const other = await createAuthentication({ database, config: testConfig({ sessionSecret: 'another secret of at least 32 bytes' }) })
      assert.equal(await other.findSession({ cookie }), undefined)
      assert.equal(await authentication.findSession({}), undefined)
      offset = 14 * 86_400_000 - 60_000
      assert.ok(await authentication.findSession({ cookie }))
      offset = 14 * 86_400_000 + 60_000
      assert.equal(await authentication.findSession({ cookie }), undefined)
    })

    it('refuses more than the limit of attempts from an address, on every server of the database, whatever headers the client sends', async (t) => {
      const database = await openTestDatabase(kind, t)
      const attemptLimit = { max: 3, windowSeconds: 3_600 }
      const one = await openTestDashboard(database, t, { attemptLimit })
      const two = await openTestDashboard(database, t, { attemptLimit })
      const credentials = { email: 'owner@example.test', password: 'not the password' }
      const statuses: number[] = []
      for (let attempt = 0; attempt < 6; attempt++) {
        const spoofed = `203.0.113.${attempt}`
        const headers = {
          'x-forwarded-for': spoofed,
          'x-leafpad-client-address': spoofed,
          'x-real-ip': spoofed,
          forwarded: `for=${spoofed}`,
        }
        const answer = await (attempt % 2 === 0 ? one : two).browser(headers).ask('POST', '/sign-in', credentials)
        statuses.push(answer.status)
        if (answer.status === 429) {
          assert.equal(answer.body.code, 'too_many_requests')
          const seconds = Number(answer.headers['retry-after'])
          assert.ok(seconds > 3_500 && seconds <= 3_600)
        }
      }
      assert.deepEqual(statuses, [401, 401, 401, 429, 429, 429])
      const elsewhere = { address: '198.51.100.7', headers: {} }
      await assert.rejects(one.authentication.signIn(elsewhere, credentials), { code: 'wrong_email_or_password' })

      const tokens = await Promise.all(
        [1, 2, 3, 4, 5].map(() => one.browser().ask('POST', '/password-reset', { token: 'x', password: testPassword })),
      )
      assert.deepEqual(tokens.map(({ status }) => status).sort(), [403, 403, 403, 429, 429])
    })

    it('counts attempts as shipped when not told otherwise: 10 a minute', async (t) => {
      const authentication = await createAuthentication({ database: await openTestDatabase(kind, t), config: testConfig() })
      const caller = { address: '2001:db8::1', headers: {} }
      for (let attempt = 0; attempt < 10; attempt++) await authentication.countAttempt(caller, 'sign-up')
      await assert.rejects(authentication.countAttempt(caller, 'sign-up'), { code: 'too_many_requests' })
      await authentication.countAttempt(caller, 'set-up')
    })

    it('says so, and lets nobody in, when the database cannot be asked', async (t) => {
      const database = await openTestDatabase(kind, t)
      const { authentication, setUp } = await openTestDashboard(database, t)
      const { cookie } = await setUp()
      await sql`drop table "rateLimit"`.execute(database.kysely)
      const caller = { address: '127.0.0.1', headers: {} }
      await assert.rejects(authentication.signIn(caller, { email: 'owner@example.test', password: testPassword }), /rateLimit/)
      await assert.rejects(authentication.countAttempt(caller, 'sign-up'), /rateLimit/)
      await sql`alter table member rename to gone`.execute(database.kysely)
      await assert.rejects(authentication.findSession({ cookie }), /member/)
    })

    it('tells its log nothing secret', async (t) => {
      const database = await openTestDatabase(kind, t)
      const lines: string[] = []
      const log = (level: string, message: string) => lines.push(`${level} ${message}`)
      const authentication = await createAuthentication({ database, config: testConfig(), log })
      const caller = { address: '127.0.0.1', headers: {} }
      await assert.rejects(authentication.signIn(caller, { email: 'nobody@example.test', password: testPassword }))
      assert.ok(lines.length > 0)
      assert.ok(!lines.join().includes(testPassword) && !lines.join().includes('nobody@example.test'))
    })
  })
}

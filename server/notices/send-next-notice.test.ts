import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Database, openDatabase, readClock } from '../database/database.ts'
import { generateKey } from '../keys/generate-key.ts'
import { revokeKey } from '../keys/revoke-key.ts'
import { createInvitation } from '../organizations/create-invitation.ts'
import { deleteInvitation } from '../organizations/delete-invitation.ts'
import { mailPasswordReset } from '../organizations/mail-password-reset.ts'
import { openMailServer } from '../testing/mail-server.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { testConfig } from '../testing/test-config.ts'
import { type DatabaseKind, databaseKinds, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { keepSending } from './keep-sending.ts'
import { leaseMs, sendNextNotice } from './send-next-notice.ts'
import { createSmtpMailSender } from './smtp-mail-sender.ts'
import { warnOfExpiry } from './warn-of-expiry.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function open(kind: DatabaseKind, t: TestContext) {
  let clockOffsetMs = 0
  const database = await openTestDatabase(kind, t, () => clockOffsetMs)
  const server = await openMailServer(t)
  const config = testConfig({ smtpUrl: server.url, publicUrl: 'https://leafpad.example.test' })
  const organizationId = await seedOrganization(database, 'Acme')
  const owner = await seedMember(database, organizationId, 'member', 'Grace')
  const admin = await seedMember(database, organizationId, 'admin', 'Ada')
  const mailing = mailingOf(database)

  function mailingOf(database: Database) {
    const { publicUrl, sessionSecret } = config
    return { database, publicUrl, sessionSecret, sender: createSmtpMailSender({ url: server.url, from: config.mailFrom }) }
  }

  /** A key of the owner, of whose generation nobody waits to be told. */
  async function key() {
    const asked = { name: 'CI', organizationId, expiresInDays: 365 }
    const { key } = await generateKey({ database, config }, { ...owner, activeOrganizationId: organizationId }, asked)
    await database.kysely.deleteFrom('notice').execute()
    return key
  }

  return {
    ...{ database, server, config, organizationId, owner, admin, mailing, mailingOf, key },
    moveClock: (ms: number) => (clockOffsetMs += ms),
    clockOffsetMs: () => clockOffsetMs,
    /** A notice that is to be mailed to the owner. */
    async revoked() {
      const { id } = await key()
      await revokeKey({ database, config }, admin, id, { reason: 'exposed', note: null })
      return id
    },
    row: () => database.kysely.selectFrom('notice').selectAll().executeTakeFirstOrThrow(),
    send: async () => (await sendNextNotice(mailing))?.outcome,
    emailOf: async (userId: string) =>
      (await database.kysely.selectFrom('user').select('email').where('id', '=', userId).executeTakeFirstOrThrow()).email,
  }
}

for (const kind of databaseKinds) {
  describe(`mailing a notice on ${kind}`, () => {
    it('sends it once, to who it is for, with a link that opens the organization, and its id as Message-ID', async (t) => {
      const { server, owner, organizationId, revoked, row, send, emailOf } = await open(kind, t)
      const keyId = await revoked()
      assert.equal(await send(), 'sent')
      assert.equal(await send(), undefined)
      const [mail, ...more] = server.mails
      assert.deepEqual(more, [])
      const { id, sentAt, dueAt } = await row()
      assert.equal(mail!.messageId, `<${id}@leafpad.example.test>`)
      assert.equal(mail!.to, await emailOf(owner.userId))
      assert.equal(mail!.subject, 'API key “CI” in Acme was revoked')
      assert.match(mail!.text, /^Hello Grace,\s+Your API key “CI” \(….{4}\) in Acme was revoked by Ada\./)
      assert.match(mail!.text, /The reason: it was exposed\./)
      assert.ok(mail!.text.includes(`https://leafpad.example.test/organizations/${organizationId}/settings/api-keys/${keyId}\n`))
      assert.ok(sentAt !== null && dueAt === null)
    })

    it('tries again after a failure, later each time, for a day, under the same Message-ID; then gives up', async (t) => {
      const { server, revoked, row, send, moveClock } = await open(kind, t)
      await revoked()
      server.refusal = { at: 'data', code: 451, text: 'try again later' }
      const pauses: number[] = []
      for (;;) {
        const outcome = await send()
        if (outcome === 'given_up') break
        assert.equal(outcome, 'failed')
        assert.equal(await send(), undefined, 'it is not due yet')
        const { dueAt, createdAt } = await row()
        const movedMs = dueAt! - createdAt - pauses.reduce((sum, pause) => sum + pause, 0)
        pauses.push(movedMs)
        moveClock(movedMs + 1_000)
      }
      assert.ok(pauses.length > 20, `${pauses.length} attempts`)
      assert.ok(pauses[0]! < pauses[1]! && pauses[1]! < pauses[2]! && pauses[2]! < pauses[3]!)
      assert.equal((await row()).dueAt, null)
      server.refusal = undefined
      moveClock(dayMs)
      assert.equal(await send(), undefined)
    })

    it('gives up at once what the mail server will never take', async (t) => {
      const { server, revoked, row, send } = await open(kind, t)
      await revoked()
      server.refusal = { at: 'recipient', code: 550, text: 'no such user' }
      assert.equal(await send(), 'given_up')
      assert.equal((await row()).dueAt, null)
    })

    it('sends it again, as the same mail, when it is not known whether the mail server took it', async (t) => {
      const { server, revoked, send, moveClock } = await open(kind, t)
      await revoked()
      server.hangsUp = true
      assert.equal(await send(), 'failed')
      server.hangsUp = false
      moveClock(61_000)
      assert.equal(await send(), 'sent')
      assert.equal(server.mails.length, 2)
      assert.equal(server.mails[0]!.messageId, server.mails[1]!.messageId)
    })

    it('has one server of several send it, and another when that one is gone', async (t) => {
      const test = await open(kind, t)
      const others = await Promise.all(
        [1, 2, 3].map(async () => {
          const other = openDatabase({ location: locationOf(test.database), clockOffsetMs: test.clockOffsetMs })
          // Asked once: one that nobody asked anything is not closed either.
          await readClock(other)
          t.after(() => other.close())
          return test.mailingOf(other)
        }),
      )
      for (let sent = 1; sent <= 5; sent++) {
        await test.revoked()
        const outcomes = await Promise.all(others.map((mailing) => sendNextNotice(mailing)))
        assert.deepEqual(
          outcomes.filter((attempt) => attempt !== undefined).map(({ outcome }) => outcome),
          ['sent'],
        )
        assert.equal(test.server.mails.length, sent)
      }
      // One that takes it and is never heard of again.
      await test.revoked()
      const stopped = sendNextNotice({ ...others[0]!, sender: { send: () => new Promise(() => {}) } })
      while ((await test.row()).attempts === 0) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(await sendNextNotice(others[1]!), undefined)
      test.moveClock(leaseMs + 1)
      assert.equal((await sendNextNotice(others[1]!))?.outcome, 'sent')
      assert.equal(test.server.mails.length, 6)
      void stopped
    })

    it('does not send what is not true any more, nor to who is no member any more', async (t) => {
      const { database, server, config, organizationId, owner, admin, revoked, key, send } = await open(kind, t)
      // Generated, and revoked by its owner before it was told.
      const asked = { name: 'CI', organizationId }
      const { key: gone } = await generateKey({ database, config }, { ...owner, activeOrganizationId: organizationId }, asked)
      await revokeKey({ database, config }, owner, gone.id)
      assert.equal(await send(), 'needless')
      // Invited, and the invitation withdrawn.
      const who = { organizationId, userId: admin.userId }
      const { invitation } = await createInvitation({ database, config }, { ...who, email: 'new@example.test', role: 'viewer' })
      await deleteInvitation(database, { id: invitation.id, ...who })
      assert.equal(await send(), 'needless')
      await key()
      await revoked()
      await database.kysely.deleteFrom('member').where('id', '=', owner.memberId).execute()
      assert.equal(await send(), 'needless')
      assert.deepEqual(server.mails, [])
    })

    it('tells a person in one mail of all their keys that are found to expire, and tries that again as the same mail', async (t) => {
      const { database, server, config, owner, admin, organizationId, mailing, mailingOf, send, moveClock } = await open(kind, t)
      const generate = async (who: typeof owner, name: string) => {
        const asked = { name, organizationId, expiresInDays: 20 }
        const { key } = await generateKey({ database, config }, { ...who, activeOrganizationId: organizationId }, asked)
        const use = { keyId: key.id, day: '2026-01-31', used: 1, hours: '' }
        const odd = { oddSecret: 1, oddUsedAt: await readClock(database), oddUsedAddress: '192.0.2.1' }
        const even = { evenSecret: null, evenUsedAt: null, evenUsedAddress: null }
        await database.kysely
          .insertInto('usage')
          .values({ ...use, ...odd, ...even })
          .execute()
        return key
      }
      const keys = [await generate(owner, 'CI'), await generate(owner, 'Website'), await generate(owner, 'Nightly')]
      await generate(admin, 'Backup')
      await database.kysely.deleteFrom('notice').execute()
      moveClock(7 * dayMs)
      await warnOfExpiry(database)
      server.hangsUp = true
      assert.deepEqual([await send(), await send(), await send()], ['failed', 'failed', undefined])
      server.hangsUp = false
      moveClock(61_000)
      const others = [1, 2].map(() => mailingOf(database))
      const outcomes = await Promise.all([mailing, ...others].map((one) => sendNextNotice(one)))
      assert.deepEqual(outcomes.map((attempt) => attempt?.outcome).sort(), ['sent', 'sent', undefined])
      const [first, second, ...again] = server.mails
      assert.deepEqual(
        new Set(again.map(({ messageId, text }) => `${messageId} ${text}`)),
        new Set([first!, second!].map(({ messageId, text }) => `${messageId} ${text}`)),
      )
      const [ofOwner, ...more] = server.mails.filter(({ subject }) => subject === '3 of your API keys in Acme expire soon')
      assert.equal(more.length, 1)
      for (const { name, lastFour } of keys)
        assert.match(ofOwner!.text, new RegExp(`^- “${name}” \\(…${lastFour}\\): \\d+ \\w+ \\d{4}, \\d\\d:\\d\\d UTC$`, 'm'))
      assert.ok(
        ofOwner!.text.includes(`/organizations/${organizationId}/settings/api-keys?member=${owner.memberId}&expires=within-14-days\n`),
      )
      assert.ok(!ofOwner!.text.includes('Backup'))
      const told = await database.kysely.selectFrom('notice').select(['dueAt', 'sentAt']).execute()
      assert.ok(told.length === 4 && told.every(({ dueAt, sentAt }) => dueAt === null && sentAt !== null))
      // What is revoked before the next warning is in no mail, and a single one is told as such.
      for (const { id } of keys.slice(1)) await revokeKey({ database, config }, owner, id)
      moveClock(10.5 * dayMs)
      await warnOfExpiry(database)
      assert.deepEqual([await send(), await send(), await send()], ['sent', 'sent', undefined])
      assert.match(
        server.mails
          .slice(-2)
          .map(({ subject }) => subject)
          .sort()
          .join(),
        /^API key “Backup” in Acme expires on .*,API key “CI” in Acme expires on /,
      )
    })

    it('mails an invitation, whose link works, and has nothing in the database that opens it', async (t) => {
      const { database, server, config, organizationId, admin, row, send } = await open(kind, t)
      const asked = { organizationId, userId: admin.userId, email: 'New@example.test', role: 'viewer' } as const
      const { token, isMailed } = await createInvitation({ database, config }, asked)
      assert.equal(isMailed, true)
      assert.ok(!JSON.stringify(await row()).includes(token))
      assert.equal(await send(), 'sent')
      const [{ to, subject, text }] = server.mails as [(typeof server.mails)[number]]
      assert.deepEqual([to, subject], ['new@example.test', 'Ada invites you to Acme'])
      assert.ok(text.includes(`https://leafpad.example.test/invitations#token=${token}\n`))
      assert.equal((await row()).sealedLink, null)
    })

    it('mails at most a hundred invitations of an organization in a day; beyond that there is the link', async (t) => {
      const { database, config, organizationId, admin, moveClock } = await open(kind, t)
      const invite = async (n: number) =>
        (
          await createInvitation(
            { database, config },
            { organizationId, userId: admin.userId, email: `new${n}@example.test`, role: 'viewer' },
          )
        ).isMailed
      for (let n = 0; n < 100; n++) assert.equal(await invite(n), true)
      assert.equal(await invite(100), false)
      moveClock(dayMs)
      assert.equal(await invite(101), true)
    })

    it('mails a link that sets a password to the account that there is, at most one in ten minutes, and else nothing', async (t) => {
      const { database, server, config, owner, row, send, emailOf, moveClock } = await open(kind, t)
      const email = await emailOf(owner.userId)
      await mailPasswordReset(database, config, { email: 'nobody@example.test' })
      assert.equal(await send(), undefined)
      await mailPasswordReset(database, config, { email: email.toUpperCase() })
      await mailPasswordReset(database, config, { email })
      assert.equal(await send(), 'sent')
      assert.equal(await send(), undefined)
      const [{ to, text }] = server.mails as [(typeof server.mails)[number]]
      assert.equal(to, email)
      assert.match(text, /https:\/\/leafpad\.example\.test\/reset-password#token=[\w-]{43}\n/)
      assert.equal((await row()).sealedLink, null)
      moveClock(600_001)
      await mailPasswordReset(database, config, { email })
      assert.equal(await send(), 'sent')
      // What is older than the link is valid is not sent.
      moveClock(600_001)
      await mailPasswordReset(database, config, { email })
      moveClock(hourMs)
      assert.equal(await send(), 'needless')
      assert.equal(server.mails.length, 2)
    })

    it('is done by a running server until it is stopped, which waits for what is under way', async (t) => {
      const { server, mailing, revoked } = await open(kind, t)
      await revoked()
      const attempts: string[] = []
      const stop = keepSending(
        mailing,
        ({ outcome }) => attempts.push(outcome),
        (error) => assert.fail(`${error}`),
      )
      await server.until(1)
      await stop()
      assert.deepEqual(attempts, ['sent'])
      await revoked()
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(server.mails.length, 1)
    })
  })
}

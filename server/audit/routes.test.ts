import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { describe, it } from 'node:test'
import { updateOrganization } from '../organizations/update-organization.ts'
import { openTestApp, type TestApp, type TestMember } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { exportAllEntries, exportedAtOnce } from './export-entries.ts'
import type { EntryAnswer } from './schema.ts'
import { type Entry, writeEntry } from './write-entry.ts'

const prefix = '/api/dashboard/v1'

async function read({ app }: TestApp, { cookie }: TestMember, query = ''): Promise<{ entries: EntryAnswer[]; nextCursor: string | null }> {
  const answer = await app.inject({ url: `${prefix}/audit?${query}`, headers: { cookie } })
  assert.equal(answer.statusCode, 200, `${query}: ${answer.body}`)
  return answer.json()
}

async function readPages(testApp: TestApp, me: TestMember, query = '', between = async () => {}): Promise<EntryAnswer[]> {
  const all: EntryAnswer[] = []
  for (let cursor = ''; ; ) {
    const { entries, nextCursor } = await read(testApp, me, `${query}${cursor}`)
    all.push(...entries)
    if (nextCursor === null) return all
    await between()
    cursor = `&cursor=${nextCursor}`
  }
}

async function download({ app }: TestApp, { cookie }: TestMember, query = '') {
  const answer = await app.inject({ url: `${prefix}/audit/export?${query}`, headers: { cookie } })
  const lines = answer.statusCode === 200 ? answer.body.split('\n').filter(Boolean) : []
  return { ...answer, status: answer.statusCode, headers: answer.headers, entries: lines.map((line) => JSON.parse(line) as EntryAnswer) }
}

/** Writes so many entries of an organization. */
async function fill({ database }: TestApp, { organizationId, userId }: TestMember, count: number) {
  await database.kysely.transaction().execute(async (transaction) => {
    for (let number = 0; number < count; number++) {
      const details = { name: { from: String(number), to: String(number + 1) } }
      const entry: Entry = { organizationId, action: 'organization.renamed', targetId: organizationId, details }
      await writeEntry(database, transaction, { userId }, entry)
    }
  })
}

for (const kind of databaseKinds) {
  describe(`the routes of the audit log on ${kind}`, () => {
    it('answer owners and admins of the organization, and name the permission to who lacks it', async (t) => {
      const testApp = await openTestApp(kind, t)
      const owner = await testApp.signedInAs('owner')
      await testApp.generateKey(owner)
      for (const role of ['owner', 'admin', 'member', 'viewer'] as const) {
        const { cookie } = await testApp.signedInAs(role, owner.organizationId)
        for (const path of ['/audit', '/audit/export']) {
          const answer = await testApp.app.inject({ url: `${prefix}${path}`, headers: { cookie } })
          const allowed = role === 'owner' || role === 'admin'
          assert.equal(answer.statusCode, allowed ? 200 : 403, `${role} ${path}`)
          if (!allowed) assert.deepEqual([answer.json().code, answer.json().permission], ['missing_permission', 'audit:read'])
        }
      }
      for (const path of ['/audit', '/audit/export', '/account/events']) {
        assert.equal((await testApp.app.inject(`${prefix}${path}`)).statusCode, 401, path)
      }
    })

    it('tell what there is to tell, with the names of now, and null for what is gone', async (t) => {
      const testApp = await openTestApp(kind, t)
      const { app, database, signedInAs } = testApp
      const me = await signedInAs('owner')
      const ask = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
        const answer = await app.inject({ method, url: `${prefix}${path}`, headers: { cookie: me.cookie }, ...(payload && { payload }) })
        assert.ok(answer.statusCode < 300, answer.body)
        return answer
      }
      const { organizationId, userId } = me
      const { key } = (await ask('POST', '/keys', { name: 'Old', organizationId })).json()
      await ask('PATCH', `/keys/${key.id}`, { name: 'New' })
      const other = await signedInAs('member', organizationId)
      await ask('PATCH', `/organizations/${organizationId}/members/${other.memberId}`, { role: 'viewer' })
      const { invitation } = (
        await ask('POST', `/organizations/${organizationId}/invitations`, { email: 'e@example.test', role: 'viewer' })
      ).json()
      const { entries } = await read(testApp, me)
      assert.deepEqual(
        entries.map(({ action, target, actor }) => [action, target.kind, target.id, target.name, actor?.userId, actor?.name]),
        [
          ['invitation.created', 'invitation', invitation.id, 'e@example.test', userId, 'Ada'],
          ['member.role_changed', 'user', other.userId, 'Ada', userId, 'Ada'],
          ['key.renamed', 'key', key.id, 'New', userId, 'Ada'],
          ['key.generated', 'key', key.id, 'New', userId, 'Ada'],
        ],
      )
      assert.deepEqual(entries[2]!.details, { name: { from: 'Old', to: 'New' } })
      assert.equal(entries[2]!.address, '127.0.0.1')
      assert.match(entries[2]!.requestId!, /^req_[0-9a-f]{24}$/)
      assert.ok(Math.abs(Date.parse(entries[2]!.at) - Date.now()) < 60_000)
      const next = await signedInAs('owner', organizationId)
      await ask('DELETE', `/organizations/${organizationId}/invitations/${invitation.id}`)
      await database.kysely.deleteFrom('user').where('id', 'in', [userId, other.userId]).execute()
      const later = await readPages(testApp, next)
      assert.deepEqual(
        later.slice(1).map(({ target, actor }) => [target.name, actor?.userId, actor?.name]),
        [
          [null, userId, null],
          [null, userId, null],
          ['New', userId, null],
          ['New', userId, null],
        ],
      )
      const text = JSON.stringify(later)
      assert.ok(!text.includes('Ada') && !text.includes('@'), 'what was personal is gone with the account')
    })

    it('pages neither repeat nor hide an entry, whatever is written meanwhile, and an export has the same entries', async (t) => {
      const testApp = await openTestApp(kind, t)
      const me = await testApp.signedInAs('owner')
      const other = await testApp.signedInAs('owner')
      for (let round = 0; round < 4; round++) {
        await fill(testApp, me, 3)
        await fill(testApp, other, 2)
      }
      const all = (await read(testApp, me, 'limit=100')).entries
      assert.equal(all.length, 12)
      assert.deepEqual(
        all.map(({ id }) => id),
        all.map(({ id }) => id).sort((one, another) => another - one),
      )
      const exported = await download(testApp, me)
      assert.deepEqual(exported.entries.reverse(), all)
      assert.deepEqual(await readPages(testApp, me, 'limit=5', () => fill(testApp, me, 2)), all)
      assert.equal(exported.headers['content-type'], 'application/x-ndjson')
      assert.equal(exported.headers['content-disposition'], `attachment; filename="audit-${me.organizationId}.ndjson"`)
      assert.equal(exported.headers['cache-control'], 'no-store')
    })

    it('filter by action, kind, actor, target and time, in pages and exports alike', async (t) => {
      let offset = 0
      const testApp = await openTestApp(kind, t, { clockOffsetMs: () => offset })
      const { database, signedInAs, generateKey } = testApp
      const me = await signedInAs('owner')
      const admin = await signedInAs('admin', me.organizationId)
      const first = await generateKey(me)
      offset = 60_000
      const second = await generateKey(admin)
      await updateOrganization(database, { id: me.organizationId, userId: admin.userId, name: 'Ajax' })
      const [renamed, generated] = (await read(testApp, me)).entries
      const at = (ms: number) => new Date(Date.parse(generated!.at) + ms).toISOString()
      const targets = async (query: string) => {
        const { entries } = await read(testApp, me, query)
        const exported = await download(testApp, me, query)
        assert.deepEqual(exported.entries.reverse(), entries, query)
        return entries.map(({ target }) => target.id)
      }
      const all = [me.organizationId, second.keyId, first.keyId]
      assert.deepEqual(await targets(''), all)
      assert.deepEqual(await targets('action=key.generated'), all.slice(1))
      assert.deepEqual(await targets('kind=organization'), all.slice(0, 1))
      assert.deepEqual(await targets(`userId=${admin.userId}`), all.slice(0, 2))
      assert.deepEqual(await targets(`targetId=${first.keyId}`), all.slice(2))
      assert.deepEqual(await targets(`action=key.generated&userId=${admin.userId}`), [second.keyId])
      assert.deepEqual(await targets(`from=${at(0)}`), all.slice(0, 2))
      assert.deepEqual(await targets(`until=${at(0)}`), all.slice(2))
      assert.deepEqual(await targets(`from=${at(-1)}&until=${at(1)}&kind=key`), [second.keyId])
      assert.deepEqual(await targets('from=2000-01-01&until=2999-01-01'), all)
      assert.deepEqual(await targets('until=2000-01-01'), [])
      assert.ok(Date.parse(renamed!.at) >= Date.parse(generated!.at))
      for (const query of [
        'action=key.opened',
        'kind=document',
        'from=yesterday',
        'until=2026-02-30',
        'from=2026-01-01T00:00',
        'targetId=%01',
        'limit=0',
        'limit=101',
        'cursor=x',
        'cursor=MA',
        'other=1',
        'action=key.generated&action=key.revoked',
      ]) {
        const answer = await testApp.app.inject({ url: `${prefix}/audit?${query}`, headers: { cookie: me.cookie } })
        assert.deepEqual([answer.statusCode, answer.json().code], [400, 'invalid_query'], query)
      }
      assert.equal((await download(testApp, me, 'from=yesterday')).status, 400)
    })

    it('filter by time rightly though the clock was set back', async (t) => {
      let offset = 0
      const testApp = await openTestApp(kind, t, { clockOffsetMs: () => offset })
      const me = await testApp.signedInAs('owner')
      const base = Date.now()
      for (const minutes of [10, 30, 20, 0, 40]) {
        offset = minutes * 60_000
        await fill(testApp, me, 1)
      }
      const minutesOf = async (from: number, until: number) => {
        const instant = (minutes: number) => new Date(base + minutes * 60_000).toISOString()
        const query = `from=${instant(from)}&until=${instant(until)}`
        const { entries } = await read(testApp, me, query)
        assert.deepEqual((await download(testApp, me, query)).entries.reverse(), entries)
        return entries.map(({ at }) => Math.round((Date.parse(at) - base) / 600_000) * 10)
      }
      assert.deepEqual(await minutesOf(-5, 55), [40, 0, 20, 30, 10])
      assert.deepEqual(await minutesOf(15, 35), [20, 30])
      assert.deepEqual(await minutesOf(-5, 15), [0, 10])
      assert.deepEqual(await minutesOf(25, 55), [40, 30])
      assert.deepEqual(await minutesOf(50, 55), [])
    })

    it('never tell of another organization, by whatever filter or cursor, nor of one that is not the active one', async (t) => {
      const testApp = await openTestApp(kind, t)
      const [mine, theirs] = [await testApp.signedInAs('owner'), await testApp.signedInAs('owner')]
      const { keyId } = await testApp.generateKey(theirs)
      await fill(testApp, theirs, 3)
      await fill(testApp, mine, 2)
      await fill(testApp, theirs, 3)
      const own = (await read(testApp, mine)).entries
      assert.deepEqual(
        own.map(({ organizationId }) => organizationId),
        [mine.organizationId, mine.organizationId],
      )
      const { nextCursor } = await read(testApp, theirs, 'limit=1')
      for (const query of [`targetId=${keyId}`, `targetId=${theirs.organizationId}`, `userId=${theirs.userId}`]) {
        assert.deepEqual((await read(testApp, mine, query)).entries, [], query)
        assert.deepEqual((await download(testApp, mine, query)).entries, [], query)
      }
      assert.deepEqual((await read(testApp, mine, `cursor=${nextCursor}`)).entries, own)
      const headers = { cookie: mine.cookie, 'x-organization-id': theirs.organizationId }
      for (const path of ['/audit', '/audit/export']) {
        const answer = await testApp.app.inject({ url: `${prefix}${path}`, headers })
        assert.deepEqual([answer.statusCode, answer.json().code], [409, 'other_organization_active'], path)
      }
    })

    it('send an export of many pages whole, and to the operator that of all organizations, deleted ones too', async (t) => {
      const testApp = await openTestApp(kind, t)
      const [me, other] = [await testApp.signedInAs('owner'), await testApp.signedInAs('owner')]
      await fill(testApp, me, 2 * exportedAtOnce + 3)
      await fill(testApp, other, 1)
      const { entries } = await download(testApp, me)
      assert.deepEqual(
        entries.map(({ details }) => (details.name as { to: string }).to),
        Array.from({ length: 2 * exportedAtOnce + 3 }, (_, number) => String(number + 1)),
      )
      await testApp.database.kysely.deleteFrom('organization').where('id', '=', me.organizationId).execute()
      const lines = async (of: { organizationId?: string; from?: number }) => {
        let text = ''
        for await (const part of exportAllEntries(testApp.database, of)) text += part
        return text.split('\n').slice(0, -1)
      }
      const organizationId = me.organizationId
      const expected = entries.map((entry) => ({ ...entry, target: { ...entry.target, name: null } }))
      assert.deepEqual(
        (await lines({ organizationId })).map((line) => JSON.parse(line)),
        expected,
      )
      assert.equal((await lines({})).length, entries.length + 1)
      assert.equal((await lines({ from: Date.now() + 60_000 })).length, 0)
    })

    it('hold nothing of the database while a client takes its export slowly, and stop for who may not read it any more', async (t) => {
      const testApp = await openTestApp(kind, t, { listen: true })
      const { database, url } = testApp
      const me = await testApp.signedInAs('owner')
      const admin = await testApp.signedInAs('admin', me.organizationId)
      // More than a socket takes without its reader.
      await fill(testApp, me, 40 * exportedAtOnce)
      let read = 0
      const ended = await new Promise<string>((resolve, reject) => {
        httpRequest(`${url}${prefix}/audit/export`, { headers: { cookie: admin.cookie } }, (response) => {
          response.once('readable', async () => {
            response.pause()
            // Writes while the export waits, and takes the right away.
            await updateOrganization(database, { id: me.organizationId, userId: me.userId, name: 'Ajax' })
            await database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', admin.memberId).execute()
            response.on('data', (part) => (read += part.toString().split('\n').length - 1))
            response.once('close', () => resolve(response.complete ? 'whole' : 'broken'))
            response.on('error', () => {})
            response.resume()
          })
        })
          .on('error', reject)
          .end()
      })
      assert.equal(ended, 'broken')
      assert.ok(read > 0 && read < 40 * exportedAtOnce, `${read} entries were read`)
    })
  })
}

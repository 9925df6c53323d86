import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Database, readClock } from '../database/database.ts'
import type { LeafPadError } from '../errors.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { generateKeyId } from './key-id.ts'
import { type AskedKeys, listKeys } from './list-keys.ts'

const quota = 2_000

type Member = Awaited<ReturnType<typeof seedMember>>

async function open(kind: DatabaseKind, t: TestContext) {
  const database = await openTestDatabase(kind, t)
  const organizationId = await seedOrganization(database)
  const owner = await seedMember(database, organizationId, 'owner')
  return {
    database,
    organizationId,
    owner,
    found: async (search: string, asked: AskedKeys = {}, who: Member = owner) =>
      (await listKeys(database, quota, who, { search, limit: 100, ...asked })).keys.map(({ name }) => name),
  }
}

/** Keys of a member, the first the newest, each with one secret. */
async function add(database: Database, member: Member, keys: readonly { readonly name: string; readonly lastFour?: string }[]) {
  const now = await readClock(database)
  const rows = keys.map(({ name, lastFour = '0000' }, index) => ({ id: generateKeyId(), name, lastFour, createdAt: now - index }))
  for (let from = 0; from < rows.length; from += 200) {
    const part = rows.slice(from, from + 200)
    const rest = { ...member, expiresAt: null, revokedAt: null, revokedBy: null }
    const ofKeys = part.map(({ id, name, createdAt }) => ({ ...rest, id, name, createdAt }))
    await database.kysely.insertInto('key').values(ofKeys).execute()
    const ofSecrets = part.map(({ id, lastFour }) => ({ hash: id, keyId: id, lastFour, createdAt: 0 }))
    await database.kysely.insertInto('secret').values(ofSecrets).execute()
  }
  return rows
}

for (const kind of databaseKinds) {
  describe(`the search for keys on ${kind}`, () => {
    it('finds a name whatever the case and however its letters are put together', async (t) => {
      const { database, owner, found } = await open(kind, t)
      await add(database, owner, [{ name: 'Überwachung CI' }, { name: 'Nightly 100 %_' }, { name: 'ΑΘΗΝΑ' }])
      assert.deepEqual(await found('ÜBERW'), ['Überwachung CI'])
      assert.deepEqual(await found('u\u0308ber'), ['Überwachung CI'])
      assert.deepEqual(await found('αθηνα'), ['ΑΘΗΝΑ'])
      assert.deepEqual(await found(' ci '), ['Überwachung CI'])
      assert.deepEqual(await found('100 %_'), ['Nightly 100 %_'])
      assert.deepEqual(await found('%'), ['Nightly 100 %_'])
      assert.deepEqual(await found('nothing'), [])
      assert.equal((await found('  ')).length, 3)
    })

    it('finds the end of a secret that has not ended, also with what lists have before it', async (t) => {
      const { database, owner, found } = await open(kind, t)
      const [rotated] = await add(database, owner, [
        { name: 'Rotated', lastFour: 'a3F9' },
        { name: 'Other', lastFour: 'zz3f' },
      ])
      const next = { hash: 'next', keyId: rotated!.id, number: 2, lastFour: 'Qq88', createdAt: 0 }
      await database.kysely.insertInto('secret').values(next).execute()
      for (const words of ['a3F9', 'A3f9', '…a3F9', 'leafpad_…a3F9', 'leafpad_...a3f9', 'a3', 'qq88']) {
        assert.deepEqual(await found(words), ['Rotated'], words)
      }
      assert.deepEqual(await found('3f'), ['Rotated', 'Other'])
      const now = await readClock(database)
      await database.kysely.updateTable('secret').set({ endsAt: now }).where('hash', '=', rotated!.id).execute()
      assert.deepEqual(await found('a3F9'), [])
      assert.deepEqual(await found('Qq88'), ['Rotated'])
    })

    it('finds what there is among all keys, in pages without gaps, and beside the filters', async (t) => {
      const { database, owner, found } = await open(kind, t)
      const keys = Array.from({ length: 2_300 }, (_, n) => ({ name: n % 230 === 229 ? `Backup ${n}` : `Machine ${n}` }))
      const rows = await add(database, owner, keys)
      const expected = rows.filter(({ name }) => name.startsWith('Backup')).map(({ name }) => name)
      assert.equal(expected.length, 10)
      assert.deepEqual(await found('backup'), expected)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(database, quota, owner, {
          ...{ search: 'backup', limit: 3 },
          ...(cursor !== null && { cursor }),
        })
        assert.ok(page.keys.length > 0)
        seen.push(...page.keys.map(({ name }) => name))
        cursor = page.nextCursor
      } while (cursor !== null)
      assert.deepEqual(seen, expected)
      await database.kysely.updateTable('key').set({ revokedAt: 1 }).where('name', '=', expected[4]!).execute()
      assert.deepEqual(await found('backup', { status: 'revoked' }), [expected[4]])
      assert.equal((await found('machine', { limit: 100 })).length, 100)
    })

    it('finds a member their own keys, those who see to all keys everyone’s, and nobody another organization’s', async (t) => {
      const { database, organizationId, owner, found } = await open(kind, t)
      const member = await seedMember(database, organizationId, 'member')
      const elsewhere = await seedMember(database, await seedOrganization(database), 'owner')
      await add(database, member, [{ name: 'CI of a member', lastFour: 'abcd' }])
      await add(database, owner, [{ name: 'CI of the owner', lastFour: 'abcd' }])
      for (const words of ['CI', 'abcd']) {
        assert.deepEqual((await found(words)).sort(), ['CI of a member', 'CI of the owner'])
        assert.deepEqual(await found(words, {}, member), ['CI of a member'])
        assert.deepEqual(await found(words, {}, elsewhere), [])
      }
    })

    it('takes no secret, and does not repeat it', async (t) => {
      const { found } = await open(kind, t)
      const secret = `leafpad_${'x'.repeat(49)}`
      await assert.rejects(found(`is it ${secret}`), (error: LeafPadError) => {
        assert.equal(error.code, 'invalid_query')
        assert.ok(!JSON.stringify([error.message, error]).includes('xxxx'))
        return true
      })
    })
  })
}

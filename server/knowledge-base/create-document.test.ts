import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import type { Actor } from '../organizations/member.ts'
import { openTestKnowledgeBase, seedActor, type TestKnowledgeBase } from '../testing/knowledge-base.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { createDocument } from './create-document.ts'
import { deleteDocument } from './delete-document.ts'
import { readStorage } from './storage.ts'

const bytes = (size: number) => [Buffer.alloc(size, 'x')]

const isError =
  (code: string, members: Record<string, unknown> = {}) =>
  (error: unknown) =>
    error instanceof LeafPadError &&
    error.code === code &&
    Object.entries(members).every(([name, value]) => error.answer.members?.[name] === value)

for (const kind of databaseKinds) {
  describe(`creating and deleting documents on ${kind}`, () => {
    it('keeps the row and its file, dated by the database', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      const before = await readClock(knowledgeBase.database)
      const { document, storage } = await createDocument(knowledgeBase, actor, { fileName: 'a.md', content: bytes(3) })
      assert.ok(document.createdAt >= before && document.createdAt <= (await readClock(knowledgeBase.database)))
      assert.deepEqual(knowledgeBase.fileKeys(), [document.fileKey])
      assert.deepEqual(storage, { usedBytes: 3, leftBytes: 52_428_797, maxBytes: 52_428_800 })
      assert.equal(document.organizationId, actor.member.organizationId)
      assert.equal(document.createdBy, actor.member.userId)
      assert.ok(Buffer.from(document.publicToken, 'base64url').length * 8 >= 128)
    })

    it('never takes more room than there is, whatever is created at once, and all there is', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { maxStorageBytes: 1000 })
      const actor = await seedActor(knowledgeBase)
      await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(300) })
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(100) })),
      )
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      assert.equal(refused.length, 13)
      for (const { reason } of refused)
        assert.ok(isError('storage_full', { usedBytes: 1000, leftBytes: 0, maxBytes: 1000 })(reason), reason)
      assert.equal(await usedBytes(knowledgeBase), 1000)
      assert.equal(knowledgeBase.fileKeys().length, 8)
    })

    it('keeps the room of organizations apart', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { maxStorageBytes: 1000 })
      for (const actor of [await seedActor(knowledgeBase), await seedActor(knowledgeBase)]) {
        await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(1000) })
      }
    })

    it('counts exactly while documents are created and deleted at once', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { maxStorageBytes: 500 })
      const actor = await seedActor(knowledgeBase)
      const rounds = Array.from({ length: 12 }, async (_, index) => {
        for (let round = 0; round < 4; round++) {
          const created = await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(100) }).catch((error) => {
            if (!isError('storage_full')(error)) throw error
          })
          if (created !== undefined && (index + round) % 2 === 0) await deleteDocument(knowledgeBase, actor, created.document.id)
        }
      })
      await Promise.all(rounds)
      const rows = await knowledgeBase.database.kysely.selectFrom('document').select(['fileSize', 'fileKey']).execute()
      assert.ok(rows.length <= 5)
      assert.equal(await usedBytes(knowledgeBase), rows.length * 100)
      assert.deepEqual(knowledgeBase.fileKeys().sort(), rows.map(({ fileKey }) => fileKey).sort())
    })

    it('gives the room back once, however often a document is deleted at the same time', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(10) })
      const { document } = await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(100) })
      const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => deleteDocument(knowledgeBase, actor, document.id)))
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(isError('not_found')(outcome.reason))
      assert.equal(await usedBytes(knowledgeBase), 10)
    })

    it('refuses who lost the permission while the file was being sent, and leaves nothing', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      async function* content() {
        yield Buffer.from('a')
        await knowledgeBase.database.kysely.updateTable('member').set({ role: 'viewer' }).where('id', '=', actor.member.id).execute()
        yield Buffer.from('b')
      }
      await assert.rejects(createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: content() }), isError('missing_permission'))
      assert.deepEqual(knowledgeBase.fileKeys(), [])
      assert.equal(await usedBytes(knowledgeBase), 0)
      const { document } = await createDocument(knowledgeBase, await seedActor(knowledgeBase, 'owner', actor.member.organizationId), {
        fileName: 'a.txt',
        content: bytes(1),
      })
      await assert.rejects(deleteDocument(knowledgeBase, actor, document.id), isError('missing_permission'))
      assert.deepEqual(knowledgeBase.fileKeys(), [document.fileKey])
    })

    it('keeps the file when it is not known whether the commit took place', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      await failCommits(kind, knowledgeBase.database.kysely)
      await assert.rejects(
        createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(1) }),
        (error) => isError('database_unavailable')(error) && /not known/.test((error as Error).message),
      )
      assert.equal(knowledgeBase.fileKeys().length, 1)
      assert.match(knowledgeBase.fileKeys()[0]!, /^[0-9a-f]{2}\//)
    })

    it('shares transactions among documents of the same moment, each of them rechecked in the one that inserts it', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      const rechecked: unknown[] = []
      const watched: Actor = {
        ...actor,
        recheck(transaction, permission) {
          rechecked.push(transaction)
          return actor.recheck(transaction, permission)
        },
      }
      const created = await Promise.all(
        Array.from({ length: 100 }, () => createDocument(knowledgeBase, watched, { fileName: 'a.txt', content: bytes(1) })),
      )
      assert.equal(rechecked.length, 100)
      assert.ok(new Set(rechecked).size <= 50, `${new Set(rechecked).size} transactions`)
      assert.deepEqual(
        created.map(({ storage }) => storage.usedBytes).sort((a, b) => a - b),
        Array.from({ length: 100 }, (_, index) => index + 1),
      )
      const rows = await knowledgeBase.database.kysely.selectFrom('document').select('id').execute()
      assert.deepEqual(rows.map(({ id }) => id).sort(), created.map(({ document }) => document.id).sort())
    })

    it('refuses what it must among others of the same moment, and them alone', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { maxStorageBytes: 1000 })
      const actor = await seedActor(knowledgeBase)
      const { organizationId } = actor.member
      const viewer = await seedActor(knowledgeBase, 'viewer', organizationId)
      const stranger = await seedActor(knowledgeBase)
      let revoked = false
      const revokedLater: Actor = {
        ...actor,
        async recheck(transaction, permission) {
          await actor.recheck(transaction, permission)
          if (revoked) throw new LeafPadError('key_revoked')
          revoked = true
        },
      }
      const create = (by: Actor, size: number) => createDocument(knowledgeBase, by, { fileName: 'a.txt', content: bytes(size) })
      const asked = Array.from({ length: 10 }, () => [
        create(actor, 10),
        create(viewer, 10),
        create(actor, 1001),
        create(actor, 950),
        create(revokedLater, 10),
        create(stranger, 10),
      ])
      const outcomes = await Promise.all(asked.map((round) => Promise.allSettled(round)))
      const codes = (position: number) =>
        outcomes.map((round) => {
          const outcome = round[position]!
          return outcome.status === 'fulfilled' ? 'created' : (outcome.reason as LeafPadError).code
        })
      const all = (code: string) => Array.from({ length: 10 }, () => code)
      assert.deepEqual(codes(1), all('missing_permission'))
      assert.deepEqual(codes(2), all('storage_full'))
      assert.deepEqual(codes(5), all('created'))
      assert.equal(codes(4).filter((code) => code === 'key_revoked').length, 9)
      // Ten of 10 bytes, one more, and at most one of 950: which ones fit is for the order to say, and nothing may be lost.
      const rows = await knowledgeBase.database.kysely.selectFrom('document').select(['organizationId', 'fileSize', 'fileKey']).execute()
      const own = rows.filter((row) => row.organizationId === organizationId)
      assert.equal(own.length, [...codes(0), ...codes(3), ...codes(4)].filter((code) => code === 'created').length)
      const used = await readStorage(knowledgeBase.database.kysely, organizationId, 1000)
      assert.equal(
        used.usedBytes,
        own.reduce((sum, { fileSize }) => sum + fileSize, 0),
      )
      assert.ok(used.usedBytes <= 1000)
      assert.deepEqual(knowledgeBase.fileKeys().sort(), rows.map(({ fileKey }) => fileKey).sort())
      assert.deepEqual(knowledgeBase.filesLeft, [])
    })

    it('keeps the files of all whose commit has an unknown outcome, and of none that was refused', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const actor = await seedActor(knowledgeBase)
      const refused: Actor = { ...actor, recheck: () => Promise.reject(new LeafPadError('key_revoked')) }
      await failCommits(kind, knowledgeBase.database.kysely)
      const by = [actor, refused, actor, refused, actor]
      const outcomes = await Promise.allSettled(
        by.map((one) => createDocument(knowledgeBase, one, { fileName: 'a.txt', content: bytes(1) })),
      )
      for (const [index, outcome] of outcomes.entries()) {
        assert.equal(outcome.status, 'rejected')
        const { reason } = outcome as PromiseRejectedResult
        assert.equal(/not known/.test(reason.message), by[index] === actor, reason.message)
      }
      assert.equal(knowledgeBase.fileKeys().length, 3)
    })

    it('takes documents of many members and organizations at once, some revoked meanwhile, without one in the way of another', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t)
      const { kysely } = knowledgeBase.database
      const actors: Actor[] = []
      for (let organization = 0; organization < 3; organization++) {
        const first = await seedActor(knowledgeBase)
        actors.push(first, await seedActor(knowledgeBase, 'member', first.member.organizationId))
      }
      const leaving = actors[1]!
      let removed = false
      const kept: string[] = []
      const rounds = Array.from({ length: 24 }, async (_, index) => {
        const actor = actors[index % actors.length]!
        for (let round = 0; round < 5; round++) {
          const begunAfter = removed
          try {
            const { document } = await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: bytes(1) })
            assert.ok(!(begunAfter && actor === leaving))
            kept.push(document.id)
          } catch (error) {
            assert.ok(actor === leaving && isError('not_found')(error), error as Error)
          }
        }
      })
      await createDocument(knowledgeBase, actors[0]!, { fileName: 'a.txt', content: bytes(1) }).then(({ document }) =>
        kept.push(document.id),
      )
      await kysely.deleteFrom('member').where('id', '=', leaving.member.id).execute()
      removed = true
      await Promise.all(rounds)
      const rows = await kysely.selectFrom('document').select('id').execute()
      assert.deepEqual(rows.map(({ id }) => id).sort(), kept.sort())
    })

    it('gives a file up that waited so long that the sweep may have taken it', async (t) => {
      let now = Date.now()
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => now })
      const actor = await seedActor(knowledgeBase)
      const slow = {
        ...actor,
        recheck: async () => {
          now += 1_860_000
        },
      }
      await assert.rejects(createDocument(knowledgeBase, slow, { fileName: 'a.txt', content: bytes(1) }), isError('overloaded'))
      assert.deepEqual(knowledgeBase.fileKeys(), [])
    })
  })
}

async function usedBytes({ database }: TestKnowledgeBase): Promise<number> {
  const { used } = await database.kysely
    .selectFrom('storage')
    .select(({ fn }) => fn.sum<number>('usedBytes').as('used'))
    .executeTakeFirstOrThrow()
  return Number(used ?? 0)
}

/** From here on every commit of a new document fails: by a constraint that is checked late, or by losing its connection. */
async function failCommits(kind: (typeof databaseKinds)[number], kysely: Kysely<Tables>) {
  if (kind === 'sqlite') {
    await sql`create table late (id text references "user" (id) deferrable initially deferred)`.execute(kysely)
    await sql`create trigger fail after insert on document begin insert into late values ('nobody'); end`.execute(kysely)
    return
  }
  await sql`create function fail() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`.execute(
    kysely,
  )
  await sql`create constraint trigger fail after insert on document deferrable initially deferred for each row execute function fail()`.execute(
    kysely,
  )
}

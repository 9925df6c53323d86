import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { readClock } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import { openTestKnowledgeBase, seedActor, type TestKnowledgeBase } from '../testing/knowledge-base.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { createDocument } from './create-document.ts'
import { deleteDocument } from './delete-document.ts'

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

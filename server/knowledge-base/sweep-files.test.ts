import assert from 'node:assert/strict'
import { execSync } from 'node:child_process'
import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { openTestKnowledgeBase, seedActor, type TestKnowledgeBase } from '../testing/knowledge-base.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { createDocument } from './create-document.ts'
import { emptyTrash } from './empty-trash.ts'
import { keepSweeping } from './keep-sweeping.ts'
import { sweepFiles } from './sweep-files.ts'

const hourMs = 3_600_000

for (const kind of databaseKinds) {
  describe(`sweeping files on ${kind}`, () => {
    it('puts files without a document in the trash once they are an hour old, unfinished ones too, and keeps all others', async (t) => {
      let now = Date.now()
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => now })
      const actor = await seedActor(knowledgeBase)
      const { document } = await createDocument(knowledgeBase, actor, { fileName: 'a.txt', content: [Buffer.from('x')] })
      await knowledgeBase.files.put([Buffer.from('left by a crash before its row')])
      writeFileSync(join(knowledgeBase.folder, `incoming/${'0'.repeat(32)}`), 'left by a crash in the middle')
      assert.equal(await sweepFiles(knowledgeBase), 0)
      assert.equal(knowledgeBase.fileKeys().length, 3)
      now += hourMs + 60_000
      const young = await knowledgeBase.files.put([Buffer.from('of an upload under way')])
      utimesSync(join(knowledgeBase.folder, young.fileKey), now / 1000, now / 1000)
      assert.equal(await sweepFiles(knowledgeBase), 2)
      assert.deepEqual(knowledgeBase.fileKeys().sort(), [document.fileKey, young.fileKey].sort())
      assert.equal((await inTrash(knowledgeBase)).length, 2)
    })

    it('removes a file from the trash after a week, and not before', async (t) => {
      let now = Date.now() + 2 * hourMs
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => now })
      const { fileKey } = await knowledgeBase.files.put([Buffer.from('x')])
      assert.equal(await sweepFiles(knowledgeBase), 1)
      now += 7 * 24 * hourMs - 1
      assert.equal(await emptyTrash(knowledgeBase), 0)
      assert.deepEqual(await inTrash(knowledgeBase), [`trash/${fileKey}`])
      now += 2
      assert.equal(await emptyTrash(knowledgeBase), 1)
      assert.deepEqual(await inTrash(knowledgeBase), [])
    })

    it('gives every file back whose document comes back, as from a newer backup', async (t) => {
      let now = Date.now()
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => now })
      const { document } = await createDocument(knowledgeBase, await seedActor(knowledgeBase), {
        fileName: 'a.txt',
        content: [Buffer.from('x')],
      })
      const { kysely } = knowledgeBase.database
      await kysely.deleteFrom('document').execute()
      now += 2 * hourMs
      assert.equal(await sweepFiles(knowledgeBase), 1)
      await kysely.insertInto('document').values(document).execute()
      execSync('cp -a trash/?? .', { cwd: knowledgeBase.folder })
      now += 8 * 24 * hourMs
      const stop = keepSweeping(knowledgeBase, (error) => assert.fail(error as Error))
      while ((await inTrash(knowledgeBase)).length > 0) await setImmediate()
      await stop()
      assert.deepEqual(knowledgeBase.fileKeys(), [document.fileKey])
    })

    it('puts the files of an organization that was deleted in the trash', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => Date.now() + 2 * hourMs })
      const { files, database } = knowledgeBase
      const creating = { ...knowledgeBase, now: Date.now }
      const actor = await seedActor(knowledgeBase)
      const other = await createDocument(creating, await seedActor(knowledgeBase), { fileName: 'a.txt', content: [Buffer.from('x')] })
      for (let count = 0; count < 3; count++) await createDocument(creating, actor, { fileName: 'a.txt', content: [Buffer.from('x')] })
      await database.kysely.deleteFrom('organization').where('id', '=', actor.member.organizationId).execute()
      assert.equal(await sweepFiles({ files, database, now: knowledgeBase.now }), 3)
      assert.deepEqual(knowledgeBase.fileKeys(), [other.document.fileKey])
    })

    it('moves nothing when the database cannot be asked', async (t) => {
      const knowledgeBase = await openTestKnowledgeBase(kind, t, { now: () => Date.now() + 2 * hourMs })
      const { fileKey } = await knowledgeBase.files.put([Buffer.from('x')])
      await knowledgeBase.database.kysely.schema.dropTable('document').execute()
      await assert.rejects(sweepFiles(knowledgeBase))
      const told = Promise.withResolvers<unknown>()
      const stop = keepSweeping(knowledgeBase, told.resolve)
      assert.ok((await told.promise) instanceof Error)
      await stop()
      assert.ok(existsSync(join(knowledgeBase.folder, fileKey)))
    })
  })
}

async function inTrash({ files }: TestKnowledgeBase): Promise<string[]> {
  const fileKeys: string[] = []
  for await (const { fileKey } of files.listTrash()) fileKeys.push(fileKey)
  return fileKeys
}

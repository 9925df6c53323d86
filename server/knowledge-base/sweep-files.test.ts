import assert from 'node:assert/strict'
import { existsSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openTestKnowledgeBase, seedActor } from '../testing/knowledge-base.ts'
import { databaseKinds } from '../testing/test-database.ts'
import { createDocument } from './create-document.ts'
import { keepSweeping } from './keep-sweeping.ts'
import { sweepFiles } from './sweep-files.ts'

const hourMs = 3_600_000

for (const kind of databaseKinds) {
  describe(`sweeping files on ${kind}`, () => {
    it('removes files without a document once they are an hour old, unfinished ones too, and keeps all others', async (t) => {
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
    })

    it('removes the files of an organization that was deleted', async (t) => {
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

    it('removes nothing when the database cannot be asked', async (t) => {
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

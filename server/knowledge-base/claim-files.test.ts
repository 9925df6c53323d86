import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openDatabase } from '../database/database.ts'
import { explainFailure } from '../explain-failure.ts'
import { startServer } from '../start-server.ts'
import { makeTestFolder, openTestKnowledgeBase } from '../testing/knowledge-base.ts'
import { testConfig } from '../testing/test-config.ts'
import { createTestDatabase, databaseKinds, locationOf, openTestDatabase } from '../testing/test-database.ts'
import { claimFiles, ForeignFilesError } from './claim-files.ts'
import { openDiskFileStore } from './disk-file-store.ts'

const silent = { write() {} }

for (const kind of databaseKinds) {
  describe(`files and their database on ${kind}`, () => {
    it('belong together from their first use on, whatever starts at once', async (t) => {
      const { database, files, folder } = await openTestKnowledgeBase(kind, t)
      const others = Array.from({ length: 3 }, () => openDatabase({ location: locationOf(database) }))
      t.after(() => Promise.all(others.map((other) => other.close())))
      await Promise.all([database, ...others].map((one) => claimFiles({ database: one, files: openDiskFileStore(folder) })))
      const rows = await database.kysely.selectFrom('identity').selectAll().execute()
      assert.equal(rows.length, 1)
      assert.match(rows[0]!.databaseId, /^db_[0-9a-f]{32}$/)
      await claimFiles({ database, files })
    })

    it('keep a database away that is not theirs, until somebody says that it is meant', async (t) => {
      const { database, files, folder } = await openTestKnowledgeBase(kind, t)
      await claimFiles({ database, files })
      const { databaseId } = await database.kysely.selectFrom('identity').select('databaseId').executeTakeFirstOrThrow()
      const other = await openTestDatabase(kind, t)
      await assert.rejects(claimFiles({ database: other, files }), (error) => {
        assert.ok(error instanceof ForeignFilesError)
        const { message } = error
        const otherId = /this one is (db_[0-9a-f]{32})/.exec(message)?.[1]
        assert.ok(message.includes(databaseId) && otherId !== undefined && otherId !== databaseId, message)
        assert.ok(message.includes(folder) && message.includes(join(folder, 'database-id')), message)
        return true
      })
      await claimFiles({ database, files })
      rmSync(join(folder, 'database-id'))
      await claimFiles({ database: other, files })
      await assert.rejects(claimFiles({ database, files }), ForeignFilesError)
    })

    it('are left alone by a server on another database, which does not start and says why', async (t) => {
      const dataDir = makeTestFolder(t)
      const settings = { dataDir, publicUrl: 'http://localhost:3000', logLevel: 'silent' } as const
      const first = await startServer(testConfig({ ...settings, databaseUrl: await createTestDatabase(kind, t) }), silent, Date.now, null)
      await first.close()
      const files = openDiskFileStore(join(dataDir, 'files'))
      const { fileKey } = await files.put([Buffer.from('x')])
      const config = testConfig({ ...settings, databaseUrl: await createTestDatabase(kind, t) })
      const later = () => Date.now() + 100 * 86_400_000
      await assert.rejects(startServer(config, silent, later, null), (error) => {
        assert.match(explainFailure(error, config), /^The files in \S+ belong to the database db_[^\n]+ start again\.$/)
        return true
      })
      assert.ok(existsSync(join(dataDir, 'files', fileKey)))
    })
  })
}

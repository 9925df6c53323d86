import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import type { Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { createDocumentRequest } from '../requests.ts'
import { seedKeysInUse } from '../seeds/keys-in-use.ts'
import { measureServer } from './measure-server.ts'

export const documentBytes = 50

/** The whole product, creating documents from texts. */
export const created: Side<LoadResult> = {
  name: 'created',
  async open(bench) {
    const folder = join(bench.folder, 'documents')
    mkdirSync(folder)
    const database = openDatabase({ location: join(folder, 'leafpad.db') })
    await migrate(database)
    const keys = await seedKeysInUse(database, bench.options.keyCount)
    await database.close()
    const requests = keys.map(({ secret }) => createDocumentRequest(secret, 'x'.repeat(documentBytes)))
    return measureServer(bench, 'servers/documents.ts', [folder], requests)
  },
}

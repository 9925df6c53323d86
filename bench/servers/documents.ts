/** The whole product on the embedded database, with room for as many documents as a bench can make. Started with its data folder. */
import { join } from 'node:path'
import { buildApp } from '../../server/app.ts'
import { openDatabase } from '../../server/database/database.ts'
import { openDiskFileStore } from '../../server/knowledge-base/disk-file-store.ts'
import { benchConfig, listen, log } from './bench-server.ts'

const folder = process.argv[2]!
const database = openDatabase({ location: join(folder, 'leafpad.db') })
await listen(
  await buildApp({ config: benchConfig, database, files: openDiskFileStore(join(folder, 'files')), now: Date.now, log, dashboard: null }),
)

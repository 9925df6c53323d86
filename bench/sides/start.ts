import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { haveDashboard } from '../../server/have-dashboard.ts'
import { freePort } from '../../server/testing/postgres.ts'
import type { Side } from '../line.ts'
import { seedKeysInUse } from '../seeds/keys-in-use.ts'

const root = dirname(dirname(import.meta.dirname))

/** The whole program, from being started to telling that it listens: on a database with keys in it, the dashboard built. */
export const start: Side<{ readonly startMs: number }> = {
  name: 'start',
  async open(bench) {
    const dataDir = join(bench.folder, 'start')
    mkdirSync(dataDir)
    const database = openDatabase({ location: join(dataDir, 'leafpad.db') })
    await migrate(database)
    await seedKeysInUse(database, bench.options.keyCount)
    await database.close()
    await haveDashboard(() => {})
    const env = { ...process.env, LEAFPAD_DATA_DIR: dataDir, LEAFPAD_PORT: String(await freePort()) }
    return async () => {
      const beganAt = performance.now()
      const child = bench.startProgram('server', [process.execPath, 'bootstrap.mjs', 'server/launch.ts'], env, root)
      let text = ''
      await new Promise<void>((resolve, reject) => {
        child.stderr!.on('data', (data) => {
          text += data
          if (text.includes('LeafPad listens on')) resolve()
        })
        child.once('exit', () => reject(new Error(`The server ended: ${text}`)))
      })
      const startMs = performance.now() - beganAt
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
      return { startMs }
    }
  },
}

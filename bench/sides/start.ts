import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { machinePath } from '../../e2e/testing/program.ts'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { haveBuild, serverBuild } from '../../server/have-build.ts'
import { haveDashboard } from '../../server/have-dashboard.ts'
import { freePort } from '../../server/testing/postgres.ts'
import type { Side } from '../line.ts'
import { seedKeysInUse } from '../seeds/keys-in-use.ts'

const root = dirname(dirname(import.meta.dirname))

/** The whole program, from being started to telling that it listens: on a database with keys in it, all installed and built. */
function startSide(name: string, command: readonly string[], path = process.env.PATH): Side<{ readonly startMs: number }> {
  return {
    name,
    async open(bench) {
      const dataDir = join(bench.folder, name)
      mkdirSync(dataDir)
      const database = openDatabase({ location: join(dataDir, 'leafpad.db') })
      await migrate(database)
      await seedKeysInUse(database, bench.options.keyCount)
      await database.close()
      await haveDashboard(() => {})
      await haveBuild(serverBuild, () => {})
      const env = { ...process.env, PATH: path, LEAFPAD_DATA_DIR: dataDir, LEAFPAD_PORT: String(await freePort()) }
      return async () => {
        const beganAt = performance.now()
        const child = bench.startProgram('server', command, env, root)
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
}

/** By the Node it comes with. */
export const start = startSide('start', [process.execPath, 'bootstrap.mjs', 'server/launch.ts'])

/** As a person starts it: by the npm and the Node of the machine. */
export const startByNpm = startSide('start-by-npm', ['npm', 'start'], machinePath)

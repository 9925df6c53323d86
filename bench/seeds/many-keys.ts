import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { NotMeasurable } from '../line.ts'
import { type KeyInUse, seedKeysInUse } from './keys-in-use.ts'
import { seedUnusedKeys, spreadKeysInUse } from './unused-keys.ts'

const bytesAKey = 600

const root = dirname(dirname(import.meta.dirname))

export interface ManyKeys {
  readonly location: string
  readonly inUse: readonly KeyInUse[]
}

/**
 * An embedded database in `folder` with `count` keys, of which `inUseCount` are in use. What is there already is used again, unless the
 * tables or the seeds have changed since. Rejects with NotMeasurable where the disk has no room for it.
 */
export async function seedManyKeys(folder: string, count: number, inUseCount: number): Promise<ManyKeys> {
  const made = join(folder, `leafpad-bench-${count}-keys-${inUseCount}-in-use-${hashSeeds()}`)
  const inUsePath = (parent: string) => join(parent, 'in-use.json')
  const locationIn = (parent: string) => join(parent, 'leafpad.db')
  if (!existsSync(made)) {
    const { bavail, bsize } = statfsSync(folder)
    const needed = count * bytesAKey
    if (bavail * bsize < 2 * needed) throw new NotMeasurable(`needs ${Math.ceil((2 * needed) / 1e9)} GB of room in ${folder}`)
    const making = `${made}.${process.pid}`
    mkdirSync(making)
    try {
      const location = locationIn(making)
      const migrated = openDatabase({ location })
      await migrate(migrated)
      await migrated.close()
      seedUnusedKeys(location, Math.max(0, count - inUseCount))
      const database = openDatabase({ location })
      writeFileSync(inUsePath(making), JSON.stringify(await seedKeysInUse(database, inUseCount)))
      await database.close()
      if (count > 2 * inUseCount) spreadKeysInUse(location, count - inUseCount, inUseCount)
      renameSync(making, made)
    } finally {
      rmSync(making, { recursive: true, force: true })
    }
  }
  return { location: locationIn(made), inUse: JSON.parse(readFileSync(inUsePath(made), 'utf8')) }
}

/** Names what the database is made by. */
function hashSeeds(): string {
  const hash = createHash('sha256')
  for (const path of globSync(['server/database/migrations/*.ts', 'bench/seeds/*.ts'], { cwd: root }).sort()) {
    hash.update(readFileSync(join(root, path)))
  }
  return hash.digest('hex').slice(0, 8)
}

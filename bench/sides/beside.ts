import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { benchBuild, haveBuild } from '../../server/have-build.ts'
import { NotMeasurable, type Side } from '../line.ts'
import type { LoadResult } from '../load.ts'
import { getRequest } from '../requests.ts'
import { measureServer } from './measure-server.ts'

/** Admission as another checkout has it: with its database, its seeds and its server. */
export const admittedBeside: Side<LoadResult> = {
  name: 'admitted-beside',
  async open(bench) {
    const { beside } = bench.options
    if (beside === null) throw new NotMeasurable('needs --beside <folder>, a checkout of another commit in which npm ci was run')
    const location = join(bench.folder, 'beside', 'leafpad.db')
    const { openDatabase }: typeof import('../../server/database/database.ts') = await importFrom(beside, 'server/database/database.ts')
    const { migrate }: typeof import('../../server/database/migrate.ts') = await importFrom(beside, 'server/database/migrate.ts')
    const { seedKeysInUse }: typeof import('../seeds/keys-in-use.ts') = await importFrom(beside, 'bench/seeds/keys-in-use.ts')
    const database = openDatabase({ location })
    await migrate(database)
    const inUse = await seedKeysInUse(database, bench.options.keyCount)
    await database.close()
    const programs = await haveBuild(benchBuild, console.error, beside)
    if (programs === null) throw new NotMeasurable(`needs what builds the bench in ${beside}: npm ci installs it`)
    const requests = inUse.map(({ secret }) => getRequest('/admitted', { 'x-api-key': secret }))
    return measureServer(bench, 'servers/admission.ts', [location], requests, programs)
  },
}

function importFrom(folder: string, file: string) {
  return import(pathToFileURL(join(folder, file)).href)
}

/**
 * Builds the server: `node server/build.ts <folder>`. Its sources and the packages they use become a few files that Node reads in
 * half the time. They are left readable, for the lines of a stack to mean something. The folder appears whole or not at all, so
 * that several builds may run at once.
 */
import { renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node server/build.ts <folder>')
const unfinished = resolve(`${folder}.${process.pid}`)
try {
  const bundle = await rolldown({
    input: {
      main: join(import.meta.dirname, 'main.ts'),
      'sqlite-gate-worker': join(import.meta.dirname, 'admission', 'sqlite-gate-worker.ts'),
    },
    platform: 'node',
    // Asked for by `pg`, which does without it.
    external: ['pg-native'],
    logLevel: 'warn',
  })
  await bundle.write({ dir: unfinished, format: 'esm', chunkFileNames: '[name]-[hash].js' })
  await bundle.close()
  renameSync(unfinished, resolve(folder))
} catch (error) {
  // Another build of the same sources was faster.
  if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
} finally {
  rmSync(unfinished, { recursive: true, force: true })
}

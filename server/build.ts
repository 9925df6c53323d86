/**
 * Builds the server into a folder: `node server/build.ts <folder>`. Its sources and the packages they use become a few files that
 * Node reads in half the time. They are left readable, for the lines of a stack to mean something.
 */
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node server/build.ts <folder>')
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
await bundle.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js' })
await bundle.close()

/** Builds the server into a folder: `node server/build.ts <folder>`. */
import './check-node.ts'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node server/build.ts <folder>')
const programs = {
  main: join(import.meta.dirname, 'main.ts'),
  'sqlite-gate-worker': join(import.meta.dirname, 'admission', 'sqlite-gate-worker.ts'),
}
await bundle(programs, folder)

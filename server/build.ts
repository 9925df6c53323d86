/** Builds the server into a folder: `node server/build.ts <folder>`. */
import './check-node.ts'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node server/build.ts <folder>')
await bundle({ main: join(import.meta.dirname, 'main.ts') }, folder)

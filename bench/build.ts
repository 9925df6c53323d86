/** Builds what a bench starts into a folder, as the server is built: `node bench/build.ts <folder>`. */
import '../server/check-node.ts'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../server/bundle.ts'
import { builtName } from './built-name.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node bench/build.ts <folder>')
const scripts = ['load.ts', ...globSync('servers/*.ts', { cwd: import.meta.dirname }), 'peers/better-auth-server.ts']
const programs = Object.fromEntries(scripts.map((path) => [builtName(path), join(import.meta.dirname, path)]))
await bundle(programs, folder)

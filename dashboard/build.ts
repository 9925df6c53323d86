/** Builds the dashboard into a folder: `node dashboard/build.ts <folder>`. Texts in it have a `.br` and a `.gz` beside them. */
import '../server/check-node.ts'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'vite'

const [given] = process.argv.slice(2)
if (given === undefined) throw new Error('Say where to: node dashboard/build.ts <folder>')
const folder = resolve(given)
// Whatever the surroundings are for, people get the production build.
process.env.NODE_ENV = 'production'
await build({
  configFile: join(import.meta.dirname, 'vite.config.ts'),
  mode: 'production',
  logLevel: 'warn',
  build: { outDir: folder, emptyOutDir: true },
})
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (/\.(js|css|svg)$/.test(name)) compress(join(folder, name))
}

function compress(path: string): void {
  const content = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(content))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}

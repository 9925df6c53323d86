/**
 * Builds the dashboard: `node dashboard/build.ts <folder>`. The folder appears whole or not at all, so that several builds may run
 * at once; texts in it have a `.br` and a `.gz` beside them.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'vite'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Say where to: node dashboard/build.ts <folder>')
// Whatever the surroundings are for, people get the production build.
process.env.NODE_ENV = 'production'
const unfinished = resolve(`${folder}.${process.pid}`)
try {
  await build({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    mode: 'production',
    logLevel: 'warn',
    build: { outDir: unfinished, emptyOutDir: true },
  })
  for (const name of readdirSync(unfinished, { recursive: true, encoding: 'utf8' })) {
    if (/\.(js|css|svg)$/.test(name)) compress(join(unfinished, name))
  }
  renameSync(unfinished, resolve(folder))
} catch (error) {
  // Another build of the same sources was faster.
  if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
} finally {
  rmSync(unfinished, { recursive: true, force: true })
}

function compress(path: string): void {
  const content = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(content))
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
}

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './program.ts'

export interface Chromium {
  readonly executablePath: string
  /** What the packaged one needs where the machine has no libraries for it; undefined: it is the machine's own. */
  readonly bundled: { readonly LD_LIBRARY_PATH: string; readonly FONTCONFIG_PATH: string } | undefined
}

/** A Chromium of the machine (LEAFPAD_TEST_CHROMIUM) or the packaged one. Rejects with a sentence when neither can be had. */
export async function findChromium(): Promise<Chromium> {
  const installed = process.env.LEAFPAD_TEST_CHROMIUM
  if (installed !== undefined) {
    if (existsSync(installed)) return { executablePath: installed, bundled: undefined }
    throw new Error(`LEAFPAD_TEST_CHROMIUM is ${installed}, where there is no file.`)
  }
  if (process.platform !== 'linux') {
    throw new Error('The packaged browser is for Linux. Set LEAFPAD_TEST_CHROMIUM to the path of an installed Chromium or Chrome.')
  }
  const folder = await unpack()
  return {
    executablePath: join(folder, 'chromium'),
    bundled: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  }
}

/**
 * The folder with the packaged browser, unpacked once. The package itself would unpack to a fixed place in the temporary folder,
 * where another process finds it half-written.
 */
async function unpack(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
  const folder = join(root, 'node_modules', '.cache', `chromium-${version}`)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  try {
    const source = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath()'
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
      cwd: join(root, 'e2e'),
      // The second is what has it unpack its libraries too.
      env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    })
    renameSync(unfinished, folder)
  } catch (error) {
    // Another process was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return folder
}

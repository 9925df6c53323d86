import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface ScratchCopy {
  readonly folder: string
  /** For what the tests leave in the folder of temporary files when they are stopped. */
  readonly temporary: string
  remove(): void
}

/** Copies the working tree as git sees it, what is new but not ignored included, and borrows what is installed. */
export function makeScratchCopy(root: string): ScratchCopy {
  const made = mkdtempSync(join(tmpdir(), 'leafpad-planted-'))
  // PostgreSQL's programs are run by another user where this one is root.
  chmodSync(made, 0o755)
  const folder = join(made, 'leafpad')
  const temporary = join(made, 'temporary')
  mkdirSync(folder)
  mkdirSync(temporary)
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  for (const file of listed.split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  for (const installed of ['node_modules', 'server/node_modules']) {
    if (existsSync(join(root, installed))) symlinkSync(join(root, installed), join(folder, installed))
  }
  return { folder, temporary, remove: () => rmSync(made, { recursive: true, force: true }) }
}

import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.ts'

const leastBytes = 32

/**
 * The session secret of a data folder, `session-secret` in it: made at the first call, readable by its owner alone, and never
 * changed. Processes that make it at the same time get the same one. Throws when the folder cannot be written to, or when the
 * file holds less than 32 bytes.
 */
export function haveSessionSecret(dataDir: string): string {
  const path = join(dataDir, 'session-secret')
  const found = readIfThere(path)
  if (found !== undefined) return found
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // Complete before it has its name, and a link, unlike a rename, never takes the place of what another process made first.
  const making = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  try {
    const file = openSync(making, 'wx', 0o600)
    writeSync(file, `${randomBytes(48).toString('base64url')}\n`)
    fsyncSync(file)
    closeSync(file)
    linkSync(making, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(making, { force: true })
  }
  return readIfThere(path)!
}

function readIfThere(path: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (Buffer.byteLength(text) >= leastBytes) return text
  throw new Failure(`${path} holds less than ${leastBytes} bytes. Remove it, and the next start makes another; that signs everybody out.`)
}

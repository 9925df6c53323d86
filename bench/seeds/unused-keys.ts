import { DatabaseSync } from 'node:sqlite'
import { keysAMember, membersAnOrganization } from './keys-in-use.ts'

/** The characters of hashes and ids in the order in which SQLite compares them. */
const characters = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

const keysATransaction = 500_000

/**
 * Fills the migrated SQLite database in `file` with live keys that nobody uses, quickly: in the order of every index, so that each row is
 * appended, and without waiting for the disk. Their hashes and ids are spread evenly over all that are possible, so that those of
 * keys in use, which are random, lie among them. Their numbers are even, and leave room for others among them.
 */
export function seedUnusedKeys(file: string, count: number): void {
  const connection = new DatabaseSync(file)
  connection.exec('pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = -200000')
  const organizationOf = (key: string) => `'org_' || ${place(`${key} / ${keysAMember * membersAnOrganization}`, count)}`
  const memberOf = (key: string) => place(`${key} / ${keysAMember}`, count)
  const date = "'2026-01-01T00:00:00.000Z'"
  // Numbers are bound as floating ones.
  const made = 'with recursive made (n) as (select cast(?1 as integer) union all select n + 1 from made where n + 1 < ?2)'
  for (let from = 0; from < count; from += keysATransaction) {
    const to = Math.min(count, from + keysATransaction)
    const insert = (table: string, columns: string, values: string, every: number) =>
      connection
        .prepare(`insert into ${table} (${columns}) ${made} select ${values} from made`)
        .run(Math.ceil(from / every), Math.ceil(to / every))
    connection.exec('begin')
    insert('organization', 'id, name, slug, "createdAt"', `'org_' || ${place('n', count)}, 'Bench', 'bench-' || n, ${date}`, 500)
    insert(
      '"user"',
      'id, name, email, "emailVerified", "createdAt", "updatedAt"',
      `'user_' || ${place('n', count)}, 'Ada', n || '@bench.example', 0, ${date}, ${date}`,
      50,
    )
    insert(
      'member',
      'id, "organizationId", "userId", role, "createdAt"',
      `'mem_' || ${place('n', count)}, 'org_' || ${place('n / 10', count)}, 'user_' || ${place('n', count)}, 'member', ${date}`,
      50,
    )
    insert(
      'key',
      'rowid, id, "organizationId", "memberId", "userId", name, "createdAt"',
      `2 * n, 'key_' || ${place('n', count)}, ${organizationOf('n')}, 'mem_' || ${memberOf('n')}, 'user_' || ${memberOf('n')}, 'bench', n`,
      1,
    )
    insert(
      'secret',
      'hash, "keyId", "lastFour", "createdAt"',
      `${place('n', count)} || hex(randomblob(9)) || 'x', 'key_' || ${place('n', count)}, 'a3F9', n`,
      1,
    )
    connection.exec('commit')
  }
  connection.exec('pragma journal_mode = delete')
  connection.close()
}

/** Moves the keys that were made after `count` unused ones among these, evenly, as if all had been made in any order: a key lies where it was made. */
export function spreadKeysInUse(file: string, count: number, inUseCount: number): void {
  const connection = new DatabaseSync(file)
  const lastUnused = 2 * (count - 1)
  const apart = 2 * Math.floor(count / inUseCount)
  connection.exec(`
    begin;
    update key set rowid = 1 + ${apart} * (rowid - ${lastUnused + 1}) where rowid > ${lastUnused};
    update secret set "keyRowid" = (select rowid from key where id = "keyId") where "keyRowid" > ${lastUnused};
    commit`)
  connection.close()
}

/** SQL for 24 characters that grow with `n` and, for `n` up to `count`, are spread over all that begin with any four. */
function place(n: string, count: number): string {
  const digit = (power: number) => `substr('${characters}', 1 + ((${n}) * ${Math.floor(64 ** 5 / count)} / ${64 ** power}) % 64, 1)`
  return `(${[4, 3, 2, 1, 0].map(digit).join(' || ')} || 'aaaaaaaaaaaaaaaaaaa')`
}

import { type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/**
 * On SQLite keys lie in the order in which they were made, by a number, and each secret has that of its key: the gate finds a key in a
 * tree of numbers. In a tree of ids whose rows lie in their primary key, the pages that lead on to others hold rows as well and lead to few:
 * with millions of keys a page more is read for each request. The number is declared, since SQLite may change one of its own when a file is
 * compacted (https://sqlite.org/lang_vacuum.html#howvacuumworks).
 */
export async function up(kysely: Kysely<unknown>, { integer }: ColumnTypes): Promise<void> {
  if (integer === 'bigint') return
  const columns = sql.raw(
    'id, "organizationId", "memberId", "userId", name, "createdAt", "expiresAt", "revokedAt", "revokedBy", "revokedReason", "revokedNote", permissions, networks, "idleLiftedAt"',
  )
  await sql`
    create table "keyMadeAnew" (
      rowid integer primary key, id text not null unique, "organizationId" text not null references organization (id) on delete cascade,
      "memberId" text not null, "userId" text not null, name text not null, "createdAt" integer not null, "expiresAt" integer, "revokedAt" integer,
      "revokedBy" text, "revokedReason" text, "revokedNote" text, permissions text, networks text, "idleLiftedAt" integer
    )`.execute(kysely)
  await sql`insert into "keyMadeAnew" (${columns}) select ${columns} from key order by "createdAt", id`.execute(kysely)
  await sql`drop table key`.execute(kysely)
  await sql`alter table "keyMadeAnew" rename to key`.execute(kysely)
  await sql`create index "key_organizationId_createdAt_id" on key ("organizationId", "createdAt", id)`.execute(kysely)
  await sql`create index "key_memberId" on key ("memberId")`.execute(kysely)
  await sql`create index "key_expiresAt_id" on key ("expiresAt", id) where "expiresAt" is not null and "revokedAt" is null`.execute(kysely)
  await sql`alter table secret add column "keyRowid" integer`.execute(kysely)
  await sql`update secret set "keyRowid" = (select rowid from key where id = "keyId")`.execute(kysely)
  await sql`
    create trigger "secret_keyRowid" after insert on secret begin
      update secret set "keyRowid" = (select rowid from key where id = new."keyId") where hash = new.hash;
    end`.execute(kysely)
}

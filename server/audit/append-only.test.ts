import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { eraseOrganization } from '../organizations/erase-organization.ts'
import { seedMember, seedOrganization } from '../testing/seed-members.ts'
import { databaseKinds, openTestDatabase } from '../testing/test-database.ts'
import { writeAccountEvent } from './write-account-event.ts'
import { writeEntry } from './write-entry.ts'

function write(database: Database, organizationId: string, userId: string | null = null) {
  const entry = { organizationId, action: 'organization.created', targetId: organizationId, details: { name: 'Acme' } } as const
  return database.kysely.transaction().execute((transaction) => writeEntry(database, transaction, { userId }, entry))
}

const readEntries = ({ kysely }: Database) => kysely.selectFrom('auditEntry').selectAll().orderBy('id').execute()

for (const kind of databaseKinds) {
  describe(`the tables of the audit log on ${kind}`, () => {
    it('refuses to change, delete or replace an entry', async (t) => {
      const database = await openTestDatabase(kind, t)
      await write(database, 'org_1')
      const before = await readEntries(database)
      const statements = [
        `update "auditEntry" set "userId" = 'user_1'`,
        `update "auditEntry" set at = at`,
        'delete from "auditEntry"',
        ...(kind === 'sqlite'
          ? [
              `insert or replace into "auditEntry" (id, at, "organizationId", action, "targetKind", "targetId", details)
                 values (1, 1, 'o', 'a', 'k', 't', '{}')`,
              `insert into "auditEntry" (id, at, "organizationId", action, "targetKind", "targetId", details)
                 values (1, 1, 'o', 'a', 'k', 't', '{}') on conflict (id) do update set at = 1`,
            ]
          : [
              'truncate "auditEntry"',
              `insert into "auditEntry" (id, at, "organizationId", action, "targetKind", "targetId", details) overriding system value
                 values (1, 1, 'o', 'a', 'k', 't', '{}') on conflict (id) do update set at = 1`,
            ]),
      ]
      for (const statement of statements) {
        await assert.rejects(sql.raw(statement).execute(database.kysely), /is never (changed|deleted|replaced)/, statement)
      }
      assert.deepEqual(await readEntries(database), before)
    })

    it('refuses to change an event of an account', async (t) => {
      const database = await openTestDatabase(kind, t)
      await writeAccountEvent(database, database.kysely, { userId: null, action: 'sign_in_failed' })
      await assert.rejects(sql`update "accountEvent" set "userId" = 'user_1'`.execute(database.kysely), /is never changed/)
    })

    it('keep the entries of an organization and of a user that are gone, and number them on', async (t) => {
      const database = await openTestDatabase(kind, t)
      const organizationId = await seedOrganization(database)
      const { userId } = await seedMember(database, organizationId, 'owner')
      await write(database, organizationId, userId)
      await database.kysely.deleteFrom('user').where('id', '=', userId).execute()
      await eraseOrganization(database, organizationId)
      assert.deepEqual(await database.kysely.selectFrom('organization').select('id').execute(), [])
      await write(database, 'org_2')
      const [first, second] = await readEntries(database)
      assert.deepEqual([first!.organizationId, first!.userId, second!.organizationId], [organizationId, userId, 'org_2'])
      assert.ok(second!.id > first!.id)
    })

    it('date an entry by the clock of the database, and say of one that no request asked for that none did', async (t) => {
      const offset = 40 * 86_400_000
      const database = await openTestDatabase(kind, t, () => offset)
      await write(database, 'org_1')
      const [entry] = await readEntries(database)
      assert.ok(Math.abs(entry!.at - Date.now() - offset) < 60_000)
      assert.deepEqual([entry!.userId, entry!.address, entry!.requestId], [null, null, null])
    })

    it('hold nothing that others wait for: entries are written beside a transaction that has written one and goes on', async (t) => {
      const database = await openTestDatabase(kind, t)
      // On SQLite a transaction has the whole database.
      if (kind === 'sqlite') return void (await write(database, 'org_1'))
      const organizationId = await seedOrganization(database)
      await database.kysely.transaction().execute(async (transaction) => {
        const entry = { organizationId, action: 'organization.created', targetId: organizationId, details: { name: '' } } as const
        await writeEntry(database, transaction, { userId: null }, entry)
        await write(database, organizationId)
        await eraseOrganization(database, organizationId)
      })
      assert.equal((await readEntries(database)).length, 2)
    })
  })
}

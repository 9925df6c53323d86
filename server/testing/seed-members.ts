import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Role } from '../organizations/roles.ts'

const date = '2026-01-01T00:00:00.000Z'

const randomId = (kind: string) => `${kind}_${randomBytes(12).toString('hex')}`

/** An organization without members, as a row; resolves to its id. */
export async function seedOrganization(database: Database, name = 'Acme'): Promise<string> {
  const id = randomId('org')
  await sql`insert into organization (id, name, slug, "createdAt") values (${id}, ${name}, ${id}, ${date})`.execute(database.kysely)
  await database.kysely.insertInto('policy').values({ organizationId: id }).execute()
  return id
}

/** A user without memberships, as a row; resolves to their id. */
export async function seedUser(database: Database, name = 'Ada'): Promise<string> {
  const id = randomId('user')
  const no = database.kind === 'postgres' ? sql`false` : sql`0`
  await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
    values (${id}, ${name}, ${`${id}@example.test`}, ${no}, ${date}, ${date})`.execute(database.kysely)
  return id
}

/** A membership, as a row; resolves to its id. */
export async function seedMembership(database: Database, userId: string, organizationId: string, role: Role): Promise<string> {
  const id = randomId('mem')
  await sql`insert into member (id, "organizationId", "userId", role, "createdAt")
    values (${id}, ${organizationId}, ${userId}, ${role}, ${date})`.execute(database.kysely)
  return id
}

/** A new user who is a member of an organization. */
export async function seedMember(
  database: Database,
  organizationId: string,
  role: Role,
  name?: string,
): Promise<{ readonly userId: string; readonly organizationId: string; readonly memberId: string }> {
  const userId = await seedUser(database, name)
  return { userId, organizationId, memberId: await seedMembership(database, userId, organizationId, role) }
}

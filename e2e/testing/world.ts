import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Insertable } from 'kysely'
import { sql } from 'kysely'
import type { RefusalTable, RequestTable, UseOfDay } from '../../server/admission/table.ts'
import { buildApp } from '../../server/app.ts'
import { auditActions } from '../../server/audit/actions.ts'
import type { AuditEntryTable } from '../../server/audit/table.ts'
import { type Database, openDatabase } from '../../server/database/database.ts'
import { migrate } from '../../server/database/migrate.ts'
import { haveDashboard } from '../../server/have-dashboard.ts'
import { generateKeyId } from '../../server/keys/key-id.ts'
import { generateSecret } from '../../server/keys/secret.ts'
import type { KeyTable, SecretTable } from '../../server/keys/table.ts'
import { openDiskFileStore } from '../../server/knowledge-base/disk-file-store.ts'
import { createAuthentication } from '../../server/organizations/authentication.ts'
import { createInvitation } from '../../server/organizations/create-invitation.ts'
import { newId } from '../../server/organizations/id.ts'
import type { Role } from '../../server/organizations/roles.ts'
import { freePort } from '../../server/testing/postgres.ts'
import { testConfig } from '../../server/testing/test-config.ts'
import { atEnd } from './at-end.ts'
import { temporaryFolder } from './program.ts'

export interface Person {
  readonly userId: string
  readonly email: string
}

/** A server in this process, whose database is at hand: what a journey would take long to bring about is written there as rows. */
export interface World {
  readonly url: string
  readonly database: Database
  addUser(name: string, email?: string): Promise<Person>
  addOrganization(name: string): Promise<string>
  /** Resolves to the id of the membership. */
  addMember(organizationId: string, userId: string, role: Role): Promise<string>
  /** Resolves to the id of the key. `used` is of today; lastUsedAt without it is of no day. */
  addKey(row: Pick<Insertable<KeyTable>, 'organizationId' | 'memberId' | 'userId' | 'name'> & KeyOptions): Promise<string>
  /** Gives a key a secret that has ended, and resolves to it. */
  addSecret(keyId: string, number: number): Promise<string>
  /** What a key was used for, as the server would have written it. `usage` are whole days before today. */
  addHistory(keyId: string, history: KeyHistory): Promise<void>
  /** An entry of the audit log, of now if nothing is said. */
  addEntry(row: Omit<Insertable<AuditEntryTable>, 'at' | 'details' | 'targetKind'> & EntryOptions): Promise<void>
  addDocument(row: { readonly organizationId: string; readonly userId: string; readonly fileName: string }): Promise<string>
  /** The link of a new invitation. */
  invite(organizationId: string, inviterId: string, email: string, role: Role): Promise<string>
  /** The cookie of a new session, as a browser's context takes it. */
  signIn(userId: string, userAgent?: string): Promise<{ readonly name: string; readonly value: string; readonly url: string }>
}

export interface KeyOptions {
  readonly createdAt?: number
  readonly expiresAt?: number | null
  readonly revokedAt?: number | null
  /** Not given: whoever the key is of. */
  readonly revokedBy?: string | null
  readonly revokedReason?: Insertable<KeyTable>['revokedReason']
  readonly permissions?: string | null
  /** As they are kept: separated by spaces. */
  readonly networks?: string | null
  /** Requests of today, and of this moment; with the first secret. */
  readonly used?: number
  /** The key was rotated now, and its first secret ends then; null: by hand. */
  readonly oldEndsAt?: number | null
}

export interface KeyHistory {
  readonly usage: readonly Pick<Insertable<UseOfDay>, 'day' | 'used' | 'hours'>[]
  readonly refusals: readonly Omit<Insertable<RefusalTable>, 'keyId'>[]
  /** The oldest first. */
  readonly requests: readonly Omit<Insertable<RequestTable>, 'keyId'>[]
}

export interface EntryOptions {
  readonly at?: number
  readonly details?: object
}

/** Everybody's password. */
export const worldPassword = 'correct horse battery'

/** The whole server with its dashboard on an empty database; gone after the test. */
export async function openWorld(
  t: { after(end: () => Promise<void>): void },
  overrides: Parameters<typeof testConfig>[0] = {},
): Promise<World> {
  const dataDir = temporaryFolder(t)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const config = testConfig({ dataDir, port, publicUrl: url, ...overrides })
  const database = openDatabase({ location: join(dataDir, 'leafpad.db') })
  await migrate(database)
  const app = await buildApp({
    config,
    database,
    files: openDiskFileStore(join(dataDir, 'files')),
    now: Date.now,
    log: { write: () => {} },
    dashboard: await haveDashboard(() => {}),
    attemptLimit: { max: 100_000, windowSeconds: 1 },
  })
  await app.listen({ host: '127.0.0.1', port })
  atEnd(t, async () => {
    await app.close()
    await database.close()
  })
  const { kysely } = database
  const authentication = await createAuthentication({ database, config })
  const password = await authentication.hashPassword(worldPassword)
  const instant = () => new Date().toISOString()
  return {
    url,
    database,

    async addUser(name, email = `${randomBytes(6).toString('hex')}@example.com`) {
      const userId = newId('user')
      const dates = { createdAt: instant(), updatedAt: instant() }
      await kysely
        .insertInto('user')
        .values({ id: userId, name, email, emailVerified: sql<boolean>`(1 = 0)`, image: null, ...dates })
        .execute()
      await kysely
        .insertInto('account')
        .values({ id: newId('account'), userId, accountId: userId, providerId: 'credential', password, ...dates })
        .execute()
      return { userId, email }
    },

    async addOrganization(name) {
      const id = newId('org')
      await kysely.insertInto('organization').values({ id, name, slug: id, createdAt: instant() }).execute()
      await kysely.insertInto('policy').values({ organizationId: id }).execute()
      return id
    },

    async addMember(organizationId, userId, role) {
      const id = newId('mem')
      await kysely.insertInto('member').values({ id, organizationId, userId, role, createdAt: instant() }).execute()
      return id
    },

    async addKey({ used, createdAt = Date.now(), expiresAt = null, revokedAt = null, oldEndsAt, ...row }) {
      const id = generateKeyId()
      const revokedBy = revokedAt === null ? null : row.userId
      await kysely
        .insertInto('key')
        .values({ id, createdAt, expiresAt, revokedAt, revokedBy, ...row })
        .execute()
      const addSecret = async (secret: Pick<Insertable<SecretTable>, 'number' | 'createdAt'> & { readonly endsAt: number | null }) => {
        const { hash, lastFour } = generateSecret()
        await kysely
          .insertInto('secret')
          .values({ hash, keyId: id, lastFour, ...secret })
          .execute()
      }
      await addSecret({ number: 1, createdAt, endsAt: oldEndsAt ?? null })
      if (oldEndsAt !== undefined) await addSecret({ number: 2, createdAt: Date.now(), endsAt: null })
      if (used !== undefined) {
        const day = instant().slice(0, 10)
        const oddUsedAt = Math.max(Date.parse(day), Date.now() - 180_000)
        await kysely
          .insertInto('usage')
          .values({ keyId: id, day, used, hours: '', oddSecret: 1, oddUsedAt, oddUsedAddress: '203.0.113.7' })
          .execute()
      }
      return id
    },

    async addSecret(keyId, number) {
      const { secret, hash, lastFour } = generateSecret()
      const createdAt = Date.now() - 1
      await kysely
        .insertInto('secret')
        .values({ hash, keyId, lastFour, number, createdAt, endsAt: createdAt })
        .onConflict((conflict) => conflict.columns(['keyId', 'number']).doUpdateSet({ hash, lastFour }))
        .execute()
      return secret
    },

    async addHistory(keyId, { usage, refusals, requests }) {
      for (const { day, ...use } of usage) {
        const at = { oddSecret: 1, oddUsedAt: Date.parse(`${day}T23:30:00Z`), oddUsedAddress: '203.0.113.7' }
        await kysely
          .insertInto('usage')
          .values({ keyId, day, ...at, ...use })
          .execute()
      }
      const rows = <Row extends object>(of: readonly Row[]) => of.map((row) => ({ keyId, ...row }))
      if (refusals.length > 0) await kysely.insertInto('refusal').values(rows(refusals)).execute()
      if (requests.length > 0) await kysely.insertInto('request').values(rows(requests)).execute()
    },

    async addEntry({ at = Date.now(), details = {}, ...row }) {
      const targetKind = auditActions[row.action].target
      await kysely
        .insertInto('auditEntry')
        .values({ at, details: JSON.stringify(details), targetKind, ...row })
        .execute()
    },

    async addDocument({ organizationId, userId, fileName }) {
      const id = `doc_${randomBytes(16).toString('hex')}`
      const fileSize = 20_480
      await kysely
        .insertInto('document')
        .values({
          ...{ id, organizationId, createdBy: userId, keyId: null, fileName, fileSize, createdAt: Date.now() },
          fileType: fileName.endsWith('.pdf') ? 'application/pdf' : fileName.endsWith('.md') ? 'text/markdown' : 'text/plain',
          sha256: '0'.repeat(64),
          fileKey: `00/${randomBytes(16).toString('hex')}`,
          publicToken: randomBytes(24).toString('base64url'),
        })
        .execute()
      await kysely
        .insertInto('storage')
        .values({ organizationId, usedBytes: fileSize })
        .onConflict((conflict) =>
          conflict.column('organizationId').doUpdateSet((set) => ({ usedBytes: set('storage.usedBytes', '+', fileSize) })),
        )
        .execute()
      return id
    },

    async invite(organizationId, userId, email, role) {
      const { token } = await createInvitation({ database, config }, { organizationId, userId, email, role })
      return `${url}/invitations#token=${token}`
    },

    async signIn(userId, userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0') {
      const [cookie] = await authentication.startSession({ address: '203.0.113.7', headers: { 'user-agent': userAgent } }, userId)
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie!)!
      return { name: name!, value: value!, url }
    },
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type AppOptions, buildApp } from '../app.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { generateKey } from '../keys/generate-key.ts'
import { openDiskFileStore } from '../knowledge-base/disk-file-store.ts'
import { createAuthentication } from '../organizations/authentication.ts'
import type { Role } from '../organizations/roles.ts'
import { seedMember, seedOrganization } from './seed-members.ts'
import { testConfig } from './test-config.ts'
import { type DatabaseKind, openTestDatabase } from './test-database.ts'
import { untilTold } from './until-told.ts'

export interface TestAppOptions extends Partial<Pick<AppOptions, 'gate' | 'attemptLimit' | 'dashboard'>> {
  readonly config?: Partial<Config>
  /** Moves the clocks of the database and of the process; milliseconds, asked at every use. */
  readonly clockOffsetMs?: () => number
  /** Listen on a free port of the loopback; `url` says where. Default: only `app.inject` works. */
  readonly listen?: boolean
}

/** A member with all it takes to make requests as them. */
export interface TestMember {
  readonly userId: string
  readonly organizationId: string
  readonly memberId: string
  /** Value of a Cookie header: the dashboard's session, with this organization active. */
  readonly cookie: string
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly database: Database
  readonly config: Config
  /** `http://127.0.0.1:…` when it listens, else the public address. */
  readonly url: string
  /** The log's lines so far, parsed. */
  log(): Promise<Record<string, unknown>[]>
  /** A new user with a role in an organization, a new one by default, and a session. */
  signedInAs(role?: Role, organizationId?: string): Promise<TestMember>
  /** The same member with another session. */
  signedInAgain(member: TestMember): Promise<TestMember>
  /** A key of a member, by the operation itself. */
  generateKey(
    member: TestMember,
    options?: { readonly name?: string; readonly expiresAt?: string },
  ): Promise<{ keyId: string; secret: string }>
}

/** The whole server on a new database of a kind, with a folder of its own; gone after the test. */
export async function openTestApp(
  kind: DatabaseKind,
  test: Pick<TestContext, 'after'>,
  { config: overrides = {}, clockOffsetMs = () => 0, listen = false, ...rest }: TestAppOptions = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'leafpad-app-'))
  const config = testConfig({ logLevel: 'info', dataDir, ...overrides })
  const lines: Record<string, unknown>[] = []
  let app: FastifyInstance | undefined
  // First to be added, first to run: the app is closed before its database is.
  test.after(async () => {
    await app?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const database = await openTestDatabase(kind, test, clockOffsetMs)
  const now = () => Date.now() + clockOffsetMs()
  const log = {
    write(text: string) {
      lines.push(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      )
    },
  }
  app = await buildApp({ config, database, files: openDiskFileStore(join(dataDir, 'files')), now, log, ...rest })
  const url = listen ? await app.listen({ host: '127.0.0.1', port: 0 }) : config.publicUrl
  const authentication = await createAuthentication({ database, config })

  async function startSession(userId: string): Promise<string> {
    const [cookie] = await authentication.startSession({ address: '127.0.0.1', headers: {} }, userId)
    return cookie!.split(';', 1)[0]!
  }

  return {
    app,
    database,
    config,
    url,
    async log() {
      await untilTold()
      return lines
    },

    async signedInAs(role = 'owner', organizationId) {
      const member = await seedMember(database, organizationId ?? (await seedOrganization(database)), role)
      return { ...member, cookie: await startSession(member.userId) }
    },

    signedInAgain: async (member) => ({ ...member, cookie: await startSession(member.userId) }),

    async generateKey({ userId, organizationId }, { name = 'A key', expiresAt } = {}) {
      const body = { organizationId, name, ...(expiresAt !== undefined && { expiresAt }) }
      const { key, secret } = await generateKey({ database, config }, { userId, activeOrganizationId: organizationId }, body)
      return { keyId: key.id, secret }
    },
  }
}

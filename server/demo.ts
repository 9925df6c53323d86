import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config, Settings } from './config.ts'
import type { Database } from './database/database.ts'
import { generateKey } from './keys/generate-key.ts'
import { createAuthentication } from './organizations/authentication.ts'
import { createOrganization } from './organizations/create-organization.ts'
import { findFirstOrganization } from './organizations/find-first-organization.ts'
import { setUp } from './organizations/set-up.ts'

/** How many ports after the wanted one are tried. */
const maxPortsTried = 100

/** What a demo has from its beginning. */
export interface Demo {
  readonly email: string
  readonly password: string
  readonly organizations: readonly [string, string]
  /** Of a key to the first organization. */
  readonly secret: string
}

/** The settings made fit for a demo: the embedded database in a new temporary folder, and a port that is free. `remove` deletes the folder. */
export async function demoConfig(
  settings: Settings,
  isSet: (name: keyof Settings) => boolean,
): Promise<{ config: Config; remove(): void }> {
  const port = isSet('port') && isSet('publicUrl') ? settings.port : await freePortFrom(settings.host, settings.port)
  const dataDir = mkdtempSync(join(tmpdir(), 'leafpad-demo-'))
  const config = Object.freeze({
    ...settings,
    port,
    dataDir,
    databaseUrl: null,
    files: 'local',
    // Its people have addresses of others.
    smtpUrl: null,
    publicUrl: isSet('publicUrl') ? settings.publicUrl : `http://localhost:${port}`,
    logLevel: isSet('logLevel') ? settings.logLevel : 'warn',
    sessionSecret: settings.sessionSecret ?? randomBytes(48).toString('base64url'),
  } satisfies Config)
  return { config, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

/** A user with two organizations and a key, made as the dashboard makes them. */
export async function seedDemo(database: Database, config: Config, setUpToken: string): Promise<Demo> {
  const authentication = await createAuthentication({ database, config })
  const email = 'ada@example.com'
  const password = randomBytes(9).toString('base64url')
  const organizations = ['Analytical Engines', 'Difference Works'] as const
  const userId = await setUp(database, authentication, {
    token: setUpToken,
    name: 'Ada',
    email,
    password,
    organizationName: organizations[0],
  })
  const organizationId = (await findFirstOrganization(database.kysely, userId))!
  await createOrganization(database, { name: organizations[1], userId })
  const { secret } = await generateKey(
    { database, config },
    { userId, activeOrganizationId: organizationId },
    { name: 'Demo', organizationId },
  )
  // Who looks around knows nothing of a key that somebody else has made.
  await database.kysely.deleteFrom('notice').execute()
  return { email, password, organizations, secret }
}

/** What is told of a demo, the line that works included. */
export function describeDemo({ email, password, organizations, secret }: Demo, { publicUrl }: Pick<Config, 'publicUrl'>): string {
  return `
LeafPad demo on ${publicUrl}

  account        ${email}
  password       ${password}
  organizations  ${organizations.join(', ')}
  key            ${secret}
                 to ${organizations[0]}

Add a document with the key:

curl -X POST ${publicUrl}/api/public/v1/knowledge-base -H "x-api-key: ${secret}" -H "Content-Type: application/json" -d '{"text": "Product documentation content here"}'

All of it is gone when this ends (Ctrl-C).
`
}

/** The first port from `port` on that nobody listens on. */
async function freePortFrom(host: string, port: number): Promise<number> {
  for (let candidate = port; candidate < port + maxPortsTried && candidate <= 65_535; candidate++) {
    if (await isFree(host, candidate)) return candidate
  }
  return port
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

import type { IncomingHttpHeaders } from 'node:http'
import type { Database } from '../database/database.ts'
import type { SignedIn } from '../organizations/find-session.ts'
import { requireActiveOrganization } from '../organizations/require-active-organization.ts'

/** Says which organization a request with a session is about. */
export const organizationHeader = 'x-organization-id'

/**
 * Passes when the organization that a request names is the active one of its session, or when it names none. Throws
 * `other_organization_active`: a page that shows one organization is not to read or write in another that a tab beside it has chosen.
 */
export async function requireNamedOrganization(database: Database, headers: IncomingHttpHeaders, signedIn: SignedIn): Promise<void> {
  const named = headers[organizationHeader]
  if (named !== undefined) await requireActiveOrganization(database.kysely, signedIn, String(named))
}

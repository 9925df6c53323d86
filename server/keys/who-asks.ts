import { LeafPadError } from '../errors.ts'
import type { SignedIn } from '../organizations/find-session.ts'
import type { Who } from './lock-member.ts'

/** Who is signed in, in the organization that their session works in. Throws `no_organization_active`. */
export function whoAsks({ userId, activeOrganizationId, origin }: Pick<SignedIn, 'userId' | 'activeOrganizationId' | 'origin'>): Who {
  if (activeOrganizationId === null) {
    throw new LeafPadError('no_organization_active', { detail: 'The session works in no organization. Choose one first.' })
  }
  return { userId, organizationId: activeOrganizationId, origin }
}

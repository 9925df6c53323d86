import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import type { SignedIn } from './find-session.ts'

/**
 * Passes when `organizationId` is the organization that the session works in. Throws `other_organization_active`, which names the one
 * that is active: another tab may have switched it.
 */
export async function requireActiveOrganization(
  kysely: Kysely<Tables>,
  { userId, activeOrganizationId }: Pick<SignedIn, 'userId' | 'activeOrganizationId'>,
  organizationId: string,
): Promise<void> {
  if (organizationId === activeOrganizationId) return
  // Named if the user is still a member of it.
  const active = await kysely
    .selectFrom('organization')
    .innerJoin('member', 'member.organizationId', 'organization.id')
    .select(['organization.id', 'organization.name'])
    .where('organization.id', '=', activeOrganizationId)
    .where('member.userId', '=', userId)
    .executeTakeFirst()
  const which = active === undefined ? 'No organization is active' : `The organization that is active is “${active.name}” (${active.id})`
  throw new LeafPadError('other_organization_active', {
    detail: `${which} in your session, and this is asked for another one. Nothing was done. Make the organization that you mean active (PUT /session/organization), then ask again.`,
    members: { activeOrganization: active === undefined ? null : { ...active } },
  })
}

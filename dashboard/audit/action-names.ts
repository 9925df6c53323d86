import type { AuditAction } from '../audit-query.ts'

/** What can be in the log, as one picks it. */
export const actionNames: Readonly<Record<AuditAction, string>> = {
  'key.generated': 'Key generated',
  'key.renamed': 'Key renamed',
  'key.expiry_shortened': 'Key made to expire earlier',
  'key.rotated': 'Key rotated',
  'key.secret_ended': 'Old secret ended',
  'key.revoked': 'Key revoked',
  'key.identified': 'Asked whose secret it is',
  'key.idle_block_lifted': 'Idle key let in again',
  'member.joined': 'Member joined',
  'member.role_changed': 'Role changed',
  'member.removed': 'Member removed',
  'member.left': 'Member left',
  'invitation.created': 'Member invited',
  'invitation.withdrawn': 'Invitation cancelled',
  'organization.created': 'Organization made',
  'organization.renamed': 'Organization renamed',
  'policy.changed': 'Policy changed',
  'organization.deleted': 'Organization deleted',
}

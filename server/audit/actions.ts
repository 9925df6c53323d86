/** What an entry is about. The target of what happens to a member is the user; the membership is among the details. */
export type TargetKind = 'key' | 'user' | 'invitation' | 'organization'

interface Described {
  readonly target: TargetKind
  /** The names of the details that each entry of it has. */
  readonly details: readonly string[]
  readonly says: string
}

/** Every change that gets an entry. An action is never renamed: programs go by it. docs/audit.md has the same table. */
export const auditActions = {
  'key.generated': {
    target: 'key',
    details: ['name', 'expiresAt', 'memberId', 'permissions', 'networks'],
    says: 'A key was generated.',
  },
  'key.renamed': { target: 'key', details: ['name'], says: 'A key got another name.' },
  'key.expiry_shortened': { target: 'key', details: ['expiresAt'], says: 'A key was made to expire earlier.' },
  'key.rotated': {
    target: 'key',
    details: ['secretNumber', 'oldEndsAt', 'endedNumber'],
    says: 'A key got a new secret, with this number; when the one before ends, and which older one ended at once.',
  },
  'key.secret_ended': { target: 'key', details: ['secretNumber'], says: 'An old secret of a key was ended by hand.' },
  'key.revoked': {
    target: 'key',
    details: ['reason', 'note'],
    says: 'A key was revoked; by nobody: because one of its secrets was reported as leaked.',
  },
  'key.identified': { target: 'key', details: ['secretNumber'], says: 'Somebody asked whose secret a text is; it is this key’s.' },
  'key.idle_block_lifted': { target: 'key', details: [], says: 'A key that was not used for long was let in again.' },
  'member.joined': { target: 'user', details: ['role', 'memberId', 'invitationId'], says: 'Somebody accepted an invitation.' },
  'member.role_changed': {
    target: 'user',
    details: ['role', 'memberId', 'withdrawnInvitations'],
    says: 'A member got another role; the invitations the member had made ended with it.',
  },
  'member.removed': {
    target: 'user',
    details: ['role', 'memberId', 'withdrawnInvitations'],
    says: 'A member was removed, and with them the invitations they had made.',
  },
  'member.left': {
    target: 'user',
    details: ['role', 'memberId', 'withdrawnInvitations', 'accountDeleted'],
    says: 'A member left, or deleted their account.',
  },
  'invitation.created': {
    target: 'invitation',
    details: ['role', 'replaced'],
    says: 'Somebody was invited, in place of the invitation `replaced`, if any.',
  },
  'invitation.withdrawn': { target: 'invitation', details: ['role'], says: 'An invitation was cancelled.' },
  'organization.created': { target: 'organization', details: ['name'], says: 'The organization was made; who made it is its owner.' },
  'organization.renamed': { target: 'organization', details: ['name'], says: 'The organization got another name.' },
  'policy.changed': {
    target: 'organization',
    details: ['maxLifetimeDays', 'needsExpiry', 'maxLiveKeysPerMember', 'maxIdleDays', 'networks'],
    says: 'What keys are held to was changed: of each limit what it was and what it became; null: no limit, or not changed.',
  },
  'organization.deleted': {
    target: 'organization',
    details: ['name'],
    says: 'The organization was deleted with its members, invitations, keys and documents.',
  },
} as const satisfies Record<string, Described>

export type AuditAction = keyof typeof auditActions

export const allActions = Object.keys(auditActions) as AuditAction[]

export const targetKinds = ['key', 'user', 'invitation', 'organization'] as const satisfies readonly TargetKind[]

/** A detail of an entry: a value, or what it was and what it became. Never a secret, a token, a hash, a password or an e-mail address. */
export type Detail = Value | readonly string[] | { readonly from: Value; readonly to: Value }

type Value = string | number | boolean | null

export type Details<Action extends AuditAction> = { readonly [Name in (typeof auditActions)[Action]['details'][number]]: Detail }

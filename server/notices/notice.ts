/** What each kind of notice tells beside key and organization, which it names by id. */
export interface NoticeFacts {
  /** To who generated it; `sessionId` is the session that did, where it is no news. */
  readonly key_generated: { readonly address: string | null; readonly sessionId: string | null }
  /** To the owner of a key that another revoked. */
  readonly key_revoked: RevokedFacts
  /** To the owner of several that another revoked at once. */
  readonly keys_revoked: RevokedFacts & { readonly count: number }
  /** To the owner of a key whose secret was reported as leaked, and to those who see to all keys. */
  readonly key_exposed: { readonly isOwn: boolean }
  readonly key_expires: { readonly days: number }
  readonly key_quota: { readonly percent: number; readonly quota: number }
  /** To an address; the mail alone tells it, with the link. */
  readonly invitation: { readonly invitationId: string; readonly inviter: string; readonly role: string }
  /** The mail alone tells it, with the link. */
  readonly password_reset: Record<string, never>
}

interface RevokedFacts {
  /** Who revoked. */
  readonly by: string
  readonly reason: string | null
  readonly note: string | null
}

export type NoticeKind = keyof NoticeFacts

/** The kinds that are about keys, and shown as a banner where no mail is sent. */
export const bannerKinds = ['key_generated', 'key_revoked', 'keys_revoked', 'key_exposed', 'key_expires', 'key_quota'] as const

export type BannerKind = (typeof bannerKinds)[number]

/** A kind with its facts. */
export type Told<Kind extends NoticeKind = NoticeKind> = {
  [Each in Kind]: { readonly kind: Each; readonly facts: NoticeFacts[Each] }
}[Kind]

/** The kind and facts of a row. */
export function told<Kind extends NoticeKind>(row: { readonly kind: Kind; readonly facts: string }): Told<Kind> {
  return { kind: row.kind, facts: JSON.parse(row.facts) } as Told<Kind>
}

export interface KeyNow {
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** Whether a notice still is what its reader needs to know, from the key as it is now; null: there is none. */
export function isStillTrue(kind: NoticeKind, endsAt: number, key: KeyNow | null): boolean {
  if (kind === 'key_expires') return key !== null && key.revokedAt === null && key.expiresAt === endsAt
  if (kind === 'key_generated' || kind === 'key_quota') return key !== null && key.revokedAt === null
  return true
}

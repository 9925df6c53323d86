import type { Generated } from 'kysely'

/** The tables of accounts and organizations: better-auth's, as it wants them, and our one-time tokens. */
export interface AccountTables {
  user: UserTable
  session: SessionTable
  account: AccountTable
  organization: OrganizationTable
  member: MemberTable
  invitation: InvitationTable
  rateLimit: RateLimitTable
  oneTimeToken: OneTimeTokenTable
  policy: PolicyTable
}

/**
 * An instant in a column of better-auth's: ISO 8601 text in UTC with milliseconds on SQLite, a timestamp on PostgreSQL, which
 * comes out as a Date and takes, and compares with, the same text. Give it such text; read it with `new Date(instant)`.
 */
export type Instant = string | Date

export interface UserTable {
  /** `user_…` */
  id: string
  name: string
  /** In lower case. */
  email: string
  emailVerified: boolean
  image: string | null
  createdAt: Instant
  updatedAt: Instant
}

export interface SessionTable {
  /** `ses_…` */
  id: string
  userId: string
  /** SHA-256 of the token in the cookie, base64url. */
  token: string
  expiresAt: Instant
  createdAt: Instant
  updatedAt: Instant
  ipAddress: string | null
  userAgent: string | null
  /** As it was chosen: whether the user still is a member there is for the reader to ask. */
  activeOrganizationId: string | null
}

/** A way to sign in; here always by password. */
export interface AccountTable {
  id: string
  userId: string
  /** The user's id. */
  accountId: string
  providerId: 'credential'
  /** The password, hashed by better-auth: scrypt with a salt. */
  password: string
  createdAt: Instant
  updatedAt: Instant
}

export interface OrganizationTable {
  /** `org_…` */
  id: string
  name: string
  /** The id once more: better-auth wants the column, nothing here shows it. */
  slug: string
  createdAt: Instant
}

/** What an organization holds its keys to, decided at each request; every organization has a row. Null: no limit. */
export interface PolicyTable {
  organizationId: string
  /** How long after its creation a key may expire at most. */
  maxLifetimeDays: number | null
  /** Whether every key must expire: 1 or 0. */
  needsExpiry: Generated<number>
  /** Live keys of a membership, the setting's limit aside; looked at when a key is generated. */
  maxLiveKeysPerMember: number | null
  /** After how many days without use a key is blocked. */
  maxIdleDays: number | null
  /** Where every key may be used from, separated by spaces. */
  networks: string | null
}

/** A membership; at most one a user and organization. Written only by who holds the lock of lockOrganization. */
export interface MemberTable {
  /** `mem_…`; being added again makes another. */
  id: string
  organizationId: string
  userId: string
  role: string
  createdAt: Instant
}

/** A pending invitation: accepted, cancelled or replaced, its row is gone. At most one an address and organization. */
export interface InvitationTable {
  /** `inv_…` */
  id: string
  organizationId: string
  /** In lower case. */
  email: string
  role: string
  status: 'pending'
  /** SHA-256 of the link's token, base64url. */
  tokenHash: string
  inviterId: string
  expiresAt: Instant
  createdAt: Instant
}

/** Attempts a client address and path, counted by better-auth. */
export interface RateLimitTable {
  id: string
  key: string
  count: number
  /** Milliseconds since 1970. */
  lastRequest: number
}

/** A token that opens one thing once; using it deletes the row. */
export interface OneTimeTokenTable {
  /** SHA-256 of the token, base64url. */
  hash: string
  purpose: 'set-up' | 'password-reset'
  /** Whose password it resets; null for the set-up. */
  userId: string | null
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null
}

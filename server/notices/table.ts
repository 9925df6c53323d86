import type { NoticeKind } from './notice.ts'

export interface NoticeTables {
  notice: NoticeTable
}

/**
 * What somebody is to be told: by mail where there is a server for it, else by a banner. Rows stay for 60 days, so that nothing is told
 * twice.
 */
export interface NoticeTable {
  /** `ntc_…`; the mail's Message-ID is made of it. */
  id: string
  /** Unique: of what is told once there is one row, whoever finds first that it is to be told. */
  mark: string
  kind: NoticeKind
  /** Who is told. No foreign key: who writes it holds locks on rows that come after the user in the order of locks. */
  userId: string | null
  /** Whom a mail goes to where no account is meant. */
  email: string | null
  organizationId: string | null
  keyId: string | null
  /** What else there is to tell, as JSON. */
  facts: string
  /** The link that the mail is for, readable by the server alone; gone once it was sent. */
  sealedLink: string | null
  createdAt: number
  /** From when on it is neither sent nor shown. */
  endsAt: number
  /** When a mail of it is to be sent, or tried again; in the future while a server is at it. Null: sent, or given up. */
  dueAt: number | null
  /** How often sending it was begun. */
  attempts: number
  sentAt: number | null
  /** When the banner was put away. */
  dismissedAt: number | null
}

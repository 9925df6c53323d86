import type { Generated } from 'kysely'
import type { AccountAction } from './account-actions.ts'
import type { AuditAction, TargetKind } from './actions.ts'

export interface AuditTables {
  auditEntry: AuditEntryTable
  accountEvent: AccountEventTable
}

/** A change to an organization and what it has. The database refuses to change or delete a row. No column refers to another table. */
export interface AuditEntryTable {
  /** Orders them: a later change of the same thing has a higher one. */
  id: Generated<number>
  /** Milliseconds since 1970 by the database's clock. */
  at: number
  organizationId: string
  /** Whose doing it was; null: the server's. */
  userId: string | null
  action: AuditAction
  targetKind: TargetKind
  targetId: string
  /** A JSON object: Details of the action. */
  details: string
  /** The client's address; null where no request asked for it. */
  address: string | null
  requestId: string | null
}

/** What happened to an account. The database refuses to change a row; old ones are deleted. */
export interface AccountEventTable {
  id: Generated<number>
  /** Milliseconds since 1970 by the database's clock. */
  at: number
  /** Of which account; null: of none that exists. */
  userId: string | null
  action: AccountAction
  /** A JSON object. */
  details: string
  address: string | null
  requestId: string | null
}

import type { Transaction } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import { type AuditAction, auditActions, type Details } from './actions.ts'
import { type By, originColumns } from './origin.ts'

/** A change as it is told to the audit log. */
export type Entry = {
  [Action in AuditAction]: {
    readonly organizationId: string
    readonly action: Action
    /** The id of a key, a user, an invitation or the organization, as the action has it. */
    readonly targetId: string
    /** Exactly those that the action has; null where there is nothing to tell. */
    readonly details: Details<Action>
  }
}[AuditAction]

/**
 * Writes an entry of the audit log inside the transaction of the change that it tells of, so that neither is without the other: when this
 * throws, let it pass. It locks nothing that others wait for, and may be called at any place in the order of locks.
 */
export async function writeEntry(
  database: Pick<Database, 'clock'>,
  transaction: Transaction<Tables>,
  { userId, origin }: By,
  { organizationId, action, targetId, details }: Entry,
): Promise<void> {
  await transaction
    .insertInto('auditEntry')
    .values({
      at: database.clock(),
      organizationId,
      userId,
      action,
      targetKind: auditActions[action].target,
      targetId,
      details: JSON.stringify(details),
      ...originColumns(origin),
    })
    .execute()
}

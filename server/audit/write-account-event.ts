import type { Kysely } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Tables } from '../database/tables.ts'
import type { AccountAction } from './account-actions.ts'
import { type Origin, originColumns } from './origin.ts'

export interface AccountEvent {
  /** Of which account; null: of none that exists. */
  readonly userId: string | null
  readonly action: AccountAction
  readonly details?: Readonly<Record<string, string | number>>
  /** Absent where no request asked for it. */
  readonly origin?: Origin | undefined
}

/** Writes into the log of accounts: inside the transaction of the change that it tells of, where there is one. */
export async function writeAccountEvent(
  database: Pick<Database, 'clock'>,
  kysely: Kysely<Tables>,
  { userId, action, details = {}, origin }: AccountEvent,
): Promise<void> {
  await kysely
    .insertInto('accountEvent')
    .values({ at: database.clock(), userId, action, details: JSON.stringify(details), ...originColumns(origin) })
    .execute()
}

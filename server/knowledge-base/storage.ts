import type { Kysely } from 'kysely'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'

/** The room an organization has for its documents, in bytes. */
export interface Storage {
  readonly usedBytes: number
  readonly leftBytes: number
  readonly maxBytes: number
}

/** `leftBytes` is never negative, even where `maxBytes` was lowered below what is used. */
export function storageOf(usedBytes: number, maxBytes: number): Storage {
  return { usedBytes, leftBytes: Math.max(0, maxBytes - usedBytes), maxBytes }
}

export async function readStorage(kysely: Kysely<Tables>, organizationId: string, maxBytes: number): Promise<Storage> {
  const row = await kysely.selectFrom('storage').select('usedBytes').where('organizationId', '=', organizationId).executeTakeFirst()
  return storageOf(row?.usedBytes ?? 0, maxBytes)
}

/** The answer to a document that there is no room for. */
export function storageFull(storage: Storage): LeafPadError {
  return new LeafPadError('storage_full', {
    detail: `The organization has room for ${storage.leftBytes} more bytes of documents, and this one needs more. Delete documents, or ask whoever runs the server for more room.`,
    members: { ...storage },
  })
}

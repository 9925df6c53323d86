import { randomBytes } from 'node:crypto'
import type { Selectable, Transaction } from 'kysely'
import { buildOnce } from '../database/build-once.ts'
import type { Database } from '../database/database.ts'
import { onBehalfOf } from '../database/places.ts'
import type { Tables } from '../database/tables.ts'
import { LeafPadError } from '../errors.ts'
import type { Actor } from '../organizations/member.ts'
import { inBatches } from './batches.ts'
import { readFileKind } from './file-kind.ts'
import type { StoredFile } from './file-store.ts'
import { type KnowledgeBase, sweepAgeMs } from './knowledge-base.ts'
import { readStorage, type Storage, storageFull, storageOf } from './storage.ts'
import type { DocumentTable } from './table.ts'

/** A document whose file is stored already. */
export interface Insertion {
  readonly knowledgeBase: KnowledgeBase
  readonly actor: Actor
  readonly fileName: string | undefined
  readonly file: StoredFile
}

export interface CreatedDocument {
  readonly document: Selectable<DocumentTable>
  readonly storage: Storage
}

/** `isKept` is false when there is no row for certain, undefined when that is not known. */
export type Inserted = CreatedDocument | { readonly error: unknown; readonly isKept: false | undefined }

interface Room {
  readonly organizationId: string
  readonly fileSize: number
  /** Bytes that may be taken already. */
  readonly mostBefore: number
}

const takeRoom = buildOnce(({ kysely }: Database, { organizationId, fileSize, mostBefore }: Room) =>
  kysely
    .insertInto('storage')
    .values({ organizationId, usedBytes: fileSize })
    .onConflict((conflict) =>
      conflict
        .column('organizationId')
        .doUpdateSet((set) => ({ usedBytes: set('storage.usedBytes', '+', fileSize) }))
        .where('storage.usedBytes', '<=', mostBefore),
    )
    .returning('usedBytes'),
)

type NewRow = Omit<DocumentTable, 'createdAt'> & { readonly clockOffsetMs: number }

const insertRow = buildOnce(({ kysely, clock }: Database, row: NewRow) =>
  kysely
    .insertInto('document')
    .values({
      id: row.id,
      organizationId: row.organizationId,
      createdBy: row.createdBy,
      keyId: row.keyId,
      fileName: row.fileName,
      fileType: row.fileType,
      fileSize: row.fileSize,
      sha256: row.sha256,
      fileKey: row.fileKey,
      publicToken: row.publicToken,
      createdAt: clock(row.clockOffsetMs),
    })
    .returningAll(),
)

/** Of each database what inserts into it. */
const insertions = new WeakMap<Database, (insertion: Insertion) => Promise<Inserted>>()

/**
 * Inserts the row of a document and takes its room, durable when it resolves. Documents that come at the same time share a transaction,
 * and with it the sync of its commit; in it, each is rechecked and measured for itself, just before it is inserted.
 *
 * Where rows are locked, only documents of the same credential share one: so it locks what the insertion of one would, and nothing
 * waits for another's locks while it holds its own.
 */
export function insertDocument(insertion: Insertion): Promise<Inserted> {
  const { database } = insertion.knowledgeBase
  let insert = insertions.get(database)
  if (insert === undefined) {
    const groupOf = ({ actor }: Insertion) => (database.locksRows ? (actor.keyId ?? actor.member.id) : '')
    const behalfOf = ({ actor: { member } }: Insertion) => (database.locksRows ? [member.userId, member.organizationId] : [])
    // Of a batch of several organizations none is to wait for another's places.
    const act = (batch: readonly Insertion[]) => onBehalfOf(behalfOf(batch[0]!), () => insertTogether(database, batch))
    insert = inBatches({ act, groupOf })
    insertions.set(database, insert)
  }
  return insert(insertion)
}

async function insertTogether({ kysely }: Database, batch: readonly Insertion[]): Promise<Inserted[]> {
  const outcomes: Inserted[] = batch.map(() => ({ error: undefined, isKept: false }))
  let committing = false
  try {
    await kysely.transaction().execute(async (transaction) => {
      for (const [position, insertion] of batch.entries()) outcomes[position] = await insertOne(transaction, insertion)
      committing = true
    })
    return outcomes
  } catch (error) {
    // What was refused has no row either way; but why may be the room that the others took, who perhaps did not get it.
    return outcomes.map((outcome) => ({ error, isKept: committing && 'document' in outcome ? undefined : false }))
  }
}

/** Refuses before it has written anything, so that a refusal leaves the rest of the transaction as it was. */
async function insertOne(transaction: Transaction<Tables>, insertion: Insertion): Promise<Inserted> {
  try {
    return await insert(transaction, insertion)
  } catch (error) {
    if (error instanceof LeafPadError) return { error, isKept: false }
    throw error
  }
}

async function insert(
  transaction: Transaction<Tables>,
  { knowledgeBase: { database, config, now }, actor, fileName, file }: Insertion,
): Promise<CreatedDocument> {
  const { organizationId, userId } = actor.member
  const { fileType } = readFileKind(fileName ?? '.txt')
  await actor.recheck(transaction, 'documents:write')
  // A process that was stopped for so long may find its file swept by another.
  if (now() - file.writtenAt > sweepAgeMs / 2) {
    throw new LeafPadError('overloaded', { detail: 'The document waited too long for the database. Send it again.' })
  }
  if (file.size > config.maxStorageBytes) throw storageFull(await readStorage(transaction, organizationId, config.maxStorageBytes))
  const room = { organizationId, fileSize: file.size, mostBefore: config.maxStorageBytes - file.size }
  const [taken] = await takeRoom(database, transaction, room)
  if (taken === undefined) throw storageFull(await readStorage(transaction, organizationId, config.maxStorageBytes))
  const id = `doc_${randomBytes(16).toString('hex')}`
  const [document] = await insertRow(database, transaction, {
    id,
    organizationId,
    createdBy: userId,
    keyId: actor.keyId,
    fileName: fileName ?? `${id}.txt`,
    fileType,
    fileSize: file.size,
    sha256: file.sha256,
    fileKey: file.fileKey,
    publicToken: randomBytes(24).toString('base64url'),
    clockOffsetMs: database.clockOffsetMs(),
  })
  return { document: document!, storage: storageOf(taken.usedBytes, config.maxStorageBytes) }
}

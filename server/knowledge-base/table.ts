export interface KnowledgeBaseTables {
  document: DocumentTable
  storage: StorageTable
  identity: IdentityTable
}

export interface DocumentTable {
  /** `doc_…` */
  id: string
  organizationId: string
  /** The user who made it. No foreign key: documents outlive their makers. */
  createdBy: string
  /** The key it came by; null: by the dashboard. No foreign key. */
  keyId: string | null
  fileName: string
  /** Media type, such as `text/plain`. */
  fileType: string
  /** Bytes. */
  fileSize: number
  /** SHA-256 of the content, hex. */
  sha256: string
  /** Name of its file in the file store. */
  fileKey: string
  /** The random part of its public link. */
  publicToken: string
  createdAt: number
}

/** What an organization's documents take, kept with every insert and delete in the same transaction. */
export interface StorageTable {
  organizationId: string
  usedBytes: number
}

/** Which database this is: one row, made once, and copied with it. */
export interface IdentityTable {
  /** 1 */
  only: number
  /** `db_…` */
  databaseId: string
}

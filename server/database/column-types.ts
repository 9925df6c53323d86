/** What a migration is told beside the connection: which column types this database has. */
export interface ColumnTypes {
  /** 64-bit. */
  readonly integer: 'integer' | 'bigint'
  readonly date: 'date' | 'timestamptz'
  readonly boolean: 'integer' | 'boolean'
}

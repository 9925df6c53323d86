import { type RawBuilder, sql } from 'kysely'

/** What a migration is told beside the connection: which column types this database has. */
export interface ColumnTypes {
  /** 64-bit. */
  readonly integer: 'integer' | 'bigint'
  readonly date: 'date' | 'timestamptz'
  readonly boolean: 'integer' | 'boolean'
  /** Ends a table whose rows are to lie in the primary key itself, one search instead of two (SQLite); nothing on PostgreSQL. */
  readonly byPrimaryKey: RawBuilder<unknown>
}

export const sqliteTypes: ColumnTypes = { integer: 'integer', date: 'date', boolean: 'integer', byPrimaryKey: sql`without rowid` }

export const postgresTypes: ColumnTypes = { integer: 'bigint', date: 'timestamptz', boolean: 'boolean', byPrimaryKey: sql`` }

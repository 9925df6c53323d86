/**
 * Whether a statement was refused because a row that it refers to is not there (any more): SQLSTATE 23503 of PostgreSQL,
 * SQLITE_CONSTRAINT_FOREIGNKEY of SQLite. https://sqlite.org/rescode.html#constraint_foreignkey
 */
export function isMissingReference(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown }
  return code === '23503' || errcode === 787
}

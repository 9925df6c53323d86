import { iso } from './iso.ts'
import type { Role } from './roles.ts'
import type { Instant } from './table.ts'

/** What answers tell of an organization to one of its members. */
export function organizationAnswer(row: { id: string; name: string; role: string; createdAt: Instant }) {
  return { id: row.id, name: row.name, role: row.role as Role, createdAt: iso(row.createdAt) }
}

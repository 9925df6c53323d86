import type { Role } from '../session.ts'
import type { Key } from './key.ts'

export type KeyPermission = NonNullable<Key['permissions']>[number]

/** What a key was given of what its owner may do, in a word or two; undefined: everything. */
export function permissionsText({ permissions }: Pick<Key, 'permissions'>): string | undefined {
  if (permissions === null) return undefined
  const [reads, writes] = [permissions.includes('documents:read'), permissions.includes('documents:write')]
  if (reads) return writes ? 'Read and write' : 'Read only'
  return writes ? 'Write only' : 'No documents'
}

/** Whether a key may add documents, as long as its owner has this role. */
export function mayWrite({ permissions }: Pick<Key, 'permissions'>, role: Role): boolean {
  return role !== 'viewer' && (permissions === null || permissions.includes('documents:write'))
}

import { CalendarClock, LockOpen, type LucideIcon, Pencil, RefreshCw, ShieldOff } from 'lucide-react'
import type { Key } from './key.ts'

export type KeyAction = 'rotate' | 'rename' | 'shorten' | 'lift' | 'revoke'

export interface OfferedAction {
  readonly action: KeyAction
  readonly label: string
  readonly Icon: LucideIcon
}

/** Whether a user can give a key a new secret, which may do what its owner may: only they, and only while it is live. */
export function canRotate(key: Pick<Key, 'status' | 'owner'>, userId: string): boolean {
  return key.status === 'active' && key.owner.userId === userId
}

/**
 * What a user who sees a key can do with it, in the order to show it in; what ends it comes last.
 * @param seesAll whether they see those of others too
 */
export function actionsFor(key: Key, userId: string, seesAll: boolean): readonly OfferedAction[] {
  const expiry = key.expiresAt === null ? 'Set an expiry …' : 'Shorten the expiry …'
  return [
    ...(canRotate(key, userId) ? [{ action: 'rotate', label: 'Rotate …', Icon: RefreshCw } as const] : []),
    { action: 'rename', label: 'Rename …', Icon: Pencil },
    ...(key.status === 'active' || key.status === 'blocked' ? [{ action: 'shorten', label: expiry, Icon: CalendarClock } as const] : []),
    ...(key.blockReason === 'idle' && seesAll ? [{ action: 'lift', label: 'Lift the block …', Icon: LockOpen } as const] : []),
    ...(key.status === 'revoked' ? [] : [{ action: 'revoke', label: 'Revoke …', Icon: ShieldOff } as const]),
  ]
}

import { GenerateDialog } from './generate-dialog.tsx'
import { IdentifyDialog } from './identify-dialog.tsx'
import type { Key } from './key.ts'
import type { KeyAction } from './key-actions.ts'
import { LiftDialog } from './lift-dialog.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import { ShortenDialog } from './shorten-dialog.tsx'

export type OpenDialog =
  | { readonly action: 'generate' }
  | { readonly action: 'identify' }
  | { readonly action: KeyAction; readonly key: Key }

/** The dialog that is open. Apart from the page, which is there sooner without them. */
export function KeyDialogs({ open, onClose }: { readonly open: OpenDialog; readonly onClose: () => void }) {
  if (open.action === 'generate') return <GenerateDialog onClose={onClose} />
  if (open.action === 'identify') return <IdentifyDialog onClose={onClose} />
  if (open.action === 'rotate') return <RotateDialog shownKey={open.key} onClose={onClose} />
  if (open.action === 'rename') return <RenameDialog shownKey={open.key} onClose={onClose} />
  if (open.action === 'shorten') return <ShortenDialog shownKey={open.key} onClose={onClose} />
  if (open.action === 'lift') return <LiftDialog shownKey={open.key} onClose={onClose} />
  return <RevokeDialog shownKey={open.key} onClose={onClose} />
}

import { CalendarClock, Ellipsis, LockOpen, Pencil, ShieldOff } from 'lucide-react'
import { memo, useRef } from 'react'
import { buttonClass } from '../design/button.tsx'
import { Instant, utcText } from '../design/instant.tsx'
import { Menu, MenuItem, MenuSeparator } from '../design/menu.tsx'
import { Meter } from '../design/meter.tsx'
import { Table, TableCell, TableRow } from '../design/table.tsx'
import { useOrganization } from '../session.ts'
import { timeInWords, usedText } from './expiry.ts'
import type { Key } from './key.ts'
import { KeyBadge } from './key-badge.tsx'
import { KeyLimits } from './key-limits.tsx'
import { keyHint, seesAllKeys } from './keys-query.ts'
import { blockedText, revokedText } from './reasons.ts'
import { useNow } from './use-now.ts'

export type KeyAction = 'rename' | 'shorten' | 'lift' | 'revoke'

export interface KeysTableProps {
  readonly keys: readonly Key[]
  /** Shows who generated them. */
  readonly owners: boolean
  /** `opener` is what was pressed, to have the focus again. The same from one rendering to the next: else all rows are drawn anew. */
  readonly onAction: (action: KeyAction, key: Key, opener: HTMLElement | null) => void
}

export function KeysTable({ keys, owners, onAction }: KeysTableProps) {
  const now = useNow()
  const columns = [
    { label: 'Key' },
    { label: 'Status' },
    ...(owners ? [{ label: 'Owner' }] : []),
    { label: 'Created' },
    { label: 'Last used' },
    { label: 'Today' },
    { label: 'Expires' },
    { label: 'Actions', hidden: true, end: true },
  ]
  return (
    <Table label="API keys" columns={columns}>
      {keys.map((key) => (
        <KeyRow key={key.id} shownKey={key} owners={owners} now={now} onAction={onAction} />
      ))}
    </Table>
  )
}

interface KeyRowProps extends Omit<KeysTableProps, 'keys'> {
  readonly shownKey: Key
  readonly now: Date
}

/** There may be hundreds, and a dialog above them or more of them changes none. */
const KeyRow = memo(function KeyRow({ shownKey: key, owners, now, onAction }: KeyRowProps) {
  return (
    <TableRow dimmed={key.status !== 'active'}>
      <TableCell>
        <bdi className="block max-w-60 min-w-36 font-medium">{key.name}</bdi>
        <span className="font-mono text-[0.8125rem] text-soft">{keyHint(key)}</span>
        <KeyLimits shownKey={key} />
      </TableCell>
      <TableCell label="Status">
        <KeyBadge status={key.status} expiresAt={key.expiresAt} now={now} />
        <Why shownKey={key} />
      </TableCell>
      {owners && (
        <TableCell label="Owner">
          <bdi className="block max-w-40 sm:min-w-24">{key.owner.name ?? 'Account deleted'}</bdi>
        </TableCell>
      )}
      <TableCell label="Created">
        <Instant at={key.createdAt} as="date" />
      </TableCell>
      <TableCell label="Last used">
        {key.lastUsedAt === null ? (
          <span className="text-soft">Never used</span>
        ) : (
          <Instant at={key.lastUsedAt} note={key.lastUsedAddress === null ? undefined : `from ${key.lastUsedAddress}`} />
        )}
      </TableCell>
      <TableCell label="Today">
        <Today shownKey={key} />
      </TableCell>
      <TableCell label="Expires">
        {key.expiresAt === null ? <span className="text-soft">Never</span> : <Instant at={key.expiresAt} as="date" />}
      </TableCell>
      <TableCell end>
        <KeyActions shownKey={key} onAction={onAction} />
      </TableCell>
    </TableRow>
  )
})

/** Why a key is revoked or blocked, and what mends it. */
function Why({ shownKey: key }: { readonly shownKey: Key }) {
  const text = key.revokedNote === null ? (revokedText(key) ?? blockedText(key)) : <bdi>{key.revokedNote}</bdi>
  return text && <span className="block max-w-40 min-w-24 text-[0.8125rem] text-soft">{text}</span>
}

function Today({ shownKey: { status, today, name } }: { readonly shownKey: Key }) {
  if (status !== 'active') return <span className="text-soft tabular-nums">{usedText(today)}</span>
  const resetsAt = new Date(today.resetsAt)
  return (
    <div className="grid max-w-56 min-w-32 gap-0.5">
      <Meter label={`Requests today with ${name}`} labelHidden value={today.used} max={today.quota} text={usedText(today)} />
      <span className="text-xs text-soft">
        Resets {timeInWords(resetsAt)}
        <span className="whitespace-nowrap"> ({utcText(resetsAt).slice(11, 16)} UTC)</span>
      </span>
    </div>
  )
}

interface KeyActionsProps {
  readonly shownKey: Key
  readonly onAction: KeysTableProps['onAction']
}

function KeyActions({ shownKey: key, onAction }: KeyActionsProps) {
  const organization = useOrganization()
  const trigger = useRef<HTMLButtonElement>(null)
  const act = (action: KeyAction) => () => onAction(action, key, trigger.current)
  return (
    <Menu
      trigger={
        <button ref={trigger} type="button" aria-label={`Actions for ${key.name}`} className={buttonClass('secondary', 'icon')}>
          <Ellipsis className="size-5" aria-hidden="true" />
        </button>
      }
    >
      <MenuItem onClick={act('rename')}>
        <Pencil className="size-4" aria-hidden="true" />
        Rename …
      </MenuItem>
      {(key.status === 'active' || key.status === 'blocked') && (
        <MenuItem onClick={act('shorten')}>
          <CalendarClock className="size-4" aria-hidden="true" />
          {key.expiresAt === null ? 'Set an expiry …' : 'Shorten the expiry …'}
        </MenuItem>
      )}
      {key.blockReason === 'idle' && seesAllKeys(organization) && (
        <MenuItem onClick={act('lift')}>
          <LockOpen className="size-4" aria-hidden="true" />
          Lift the block …
        </MenuItem>
      )}
      {key.status !== 'revoked' && (
        <>
          <MenuSeparator />
          <MenuItem danger onClick={act('revoke')}>
            <ShieldOff className="size-4" aria-hidden="true" />
            Revoke …
          </MenuItem>
        </>
      )}
    </Menu>
  )
}

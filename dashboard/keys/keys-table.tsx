import { Link } from '@tanstack/react-router'
import { Ellipsis, KeyRound } from 'lucide-react'
import { Fragment, memo, useRef } from 'react'
import { buttonClass } from '../design/button.tsx'
import { Instant } from '../design/instant.tsx'
import { Menu, MenuItem, MenuLink, MenuSeparator } from '../design/menu.tsx'
import { Table, TableCell, TableRow } from '../design/table.tsx'
import { useOrganization, useSession } from '../session.ts'
import type { Key } from './key.ts'
import { actionsFor, type KeyAction } from './key-actions.ts'
import { KeyBadge } from './key-badge.tsx'
import { KeyLimits } from './key-limits.tsx'
import { keyHint, seesAllKeys } from './keys-query.ts'
import { useNow } from './use-now.ts'
import { UsedToday } from './used-today.tsx'
import { WhyRefused } from './why-refused.tsx'

export interface KeysTableProps {
  readonly keys: readonly Key[]
  /** Shows who generated them. */
  readonly owners: boolean
  /** `opener` is what was pressed, to have the focus again. The same from one rendering to the next: else all rows are drawn anew. */
  readonly onAction: (action: KeyAction, key: Key, opener: HTMLElement | null) => void
}

export function KeysTable({ keys, owners, onAction }: KeysTableProps) {
  const now = useNow()
  const userId = useSession().user.id
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
        <KeyRow key={key.id} shownKey={key} owners={owners} now={now} userId={userId} onAction={onAction} />
      ))}
    </Table>
  )
}

interface KeyRowProps extends Omit<KeysTableProps, 'keys'> {
  readonly shownKey: Key
  readonly now: Date
  /** Who looks at it. */
  readonly userId: string
}

/** There may be hundreds, and a dialog above them or more of them changes none. */
const KeyRow = memo(function KeyRow({ shownKey: key, owners, now, userId, onAction }: KeyRowProps) {
  return (
    <TableRow dimmed={key.status !== 'active'}>
      <TableCell>
        <Link
          to="/settings/api-keys/$keyId"
          params={{ keyId: key.id }}
          className="block w-fit max-w-60 min-w-36 rounded-sm font-medium underline decoration-edge underline-offset-4 hover:decoration-current"
        >
          <bdi>{key.name}</bdi>
        </Link>
        <span className="font-mono text-[0.8125rem] text-soft">{keyHint(key)}</span>
        <OldSecret shownKey={key} />
        <KeyLimits shownKey={key} />
      </TableCell>
      <TableCell label="Status">
        <KeyBadge status={key.status} expiresAt={key.expiresAt} now={now} />
        <WhyRefused shownKey={key} />
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
          <Instant past at={key.lastUsedAt} note={key.lastUsedAddress === null ? undefined : `from ${key.lastUsedAddress}`} />
        )}
      </TableCell>
      <TableCell label="Today">
        <UsedToday shownKey={key} />
      </TableCell>
      <TableCell label="Expires">
        {key.expiresAt === null ? <span className="text-soft">Never</span> : <Instant at={key.expiresAt} as="date" />}
      </TableCell>
      <TableCell end>
        <KeyActions shownKey={key} userId={userId} onAction={onAction} />
      </TableCell>
    </TableRow>
  )
})

/** Says that the secret before the newest is still let in, and how long. */
function OldSecret({ shownKey: { status, secrets } }: { readonly shownKey: Key }) {
  const [, old] = secrets
  if (old === undefined || status !== 'active') return null
  return (
    <span className="block max-w-60 text-[0.8125rem] text-soft">
      Old <span className="font-mono">…{old.lastFour}</span>{' '}
      {old.endsAt === null ? (
        'goes on'
      ) : (
        <>
          ends <Instant at={old.endsAt} />
        </>
      )}
    </span>
  )
}

interface KeyActionsProps {
  readonly shownKey: Key
  readonly userId: string
  readonly onAction: KeysTableProps['onAction']
}

function KeyActions({ shownKey: key, userId, onAction }: KeyActionsProps) {
  const seesAll = seesAllKeys(useOrganization())
  const trigger = useRef<HTMLButtonElement>(null)
  return (
    <Menu
      trigger={
        <button ref={trigger} type="button" aria-label={`Actions for ${key.name}`} className={buttonClass('secondary', 'icon')}>
          <Ellipsis className="size-5" aria-hidden="true" />
        </button>
      }
    >
      <MenuLink link={<Link to="/settings/api-keys/$keyId" params={{ keyId: key.id }} />}>
        <KeyRound className="size-4" aria-hidden="true" />
        Open
      </MenuLink>
      {actionsFor(key, userId, seesAll).map(({ action, label, Icon }) => (
        <Fragment key={action}>
          {action === 'revoke' && <MenuSeparator />}
          <MenuItem danger={action === 'revoke'} onClick={() => onAction(action, key, trigger.current)}>
            <Icon className="size-4" aria-hidden="true" />
            {label}
          </MenuItem>
        </Fragment>
      ))}
    </Menu>
  )
}

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AuditAction, Entry } from './audit-query.ts'
import { utcText } from './design/instant.tsx'
import { type RevocationReason, reasonNames } from './reasons.ts'

export interface EntrySentenceProps {
  readonly entry: Entry
  /** Where it is told: on the page of the very key it is about, which then is not named or linked. */
  readonly onPageOfKey?: boolean | undefined
}

/** Who did what to what, as a sentence. */
export function EntrySentence({ entry, onPageOfKey = false }: EntrySentenceProps) {
  const about: About = {
    ...entry,
    who: <Actor of={entry} />,
    what: onPageOfKey ? 'the key' : <Target of={entry} />,
    isOwn: entry.actor !== null && entry.actor.userId === entry.target.id,
  }
  return <p className="wrap-anywhere">{sentences[entry.action]?.(about) ?? other(about)}</p>
}

interface About extends Pick<Entry, 'details' | 'target' | 'actor' | 'action'> {
  readonly who: ReactNode
  readonly what: ReactNode
  /** Somebody did it to themself. */
  readonly isOwn: boolean
}

const sentences: Readonly<Record<AuditAction, (about: About) => ReactNode>> = {
  'key.generated': ({ who, what, details: { expiresAt, permissions, networks } }) => (
    <>
      {who} generated {what}, {expiresAt === null ? 'without an expiry' : <>which expires on {at(expiresAt)}</>}
      {Array.isArray(permissions) && <>; it may do {permissions.length === 0 ? 'nothing but tell about itself' : list(permissions)}</>}
      {Array.isArray(networks) && <>, from {list(networks)} alone</>}.
    </>
  ),
  'key.renamed': ({ who, what, details: { name } }) => (
    <>
      {who} renamed {what}: {fromTo(name)}.
    </>
  ),
  'key.expiry_shortened': ({ who, what, details: { expiresAt } }) => {
    const { from, to } = change(expiresAt)
    return (
      <>
        {who} had {what} expire{' '}
        {from === null ? (
          <>on {at(to)}; before, it did not expire</>
        ) : (
          <>
            on {at(to)} in place of {at(from)}
          </>
        )}
        .
      </>
    )
  },
  'key.rotated': ({ who, what, details: { secretNumber, oldEndsAt, endedNumber } }) => (
    <>
      {who} rotated {what}: secret no. {text(secretNumber)} was made
      {typeof endedNumber === 'number' && <>, no. {endedNumber} ended at once</>};{' '}
      {oldEndsAt === null ? 'the one before goes on until it is ended' : <>the one before was to end on {at(oldEndsAt)}</>}.
    </>
  ),
  'key.secret_ended': ({ who, what, details: { secretNumber } }) => (
    <>
      {who} ended secret no. {text(secretNumber)} of {what}.
    </>
  ),
  'key.revoked': ({ who, what, actor, details: { reason, note } }) =>
    actor === null ? (
      <>The server revoked {what}: a secret of it was reported as leaked.</>
    ) : (
      <>
        {who} revoked {what}
        {typeof note === 'string' ? (
          <>
            , saying “<bdi>{note}</bdi>”
          </>
        ) : (
          typeof reason === 'string' && `, with the reason “${reasonNames[reason as RevocationReason] ?? reason}”`
        )}
        .
      </>
    ),
  'key.identified': ({ who, what, details: { secretNumber } }) => (
    <>
      {who} asked whose secret a text is: it is no. {text(secretNumber)} of {what}.
    </>
  ),
  'key.idle_block_lifted': ({ who, what }) => (
    <>
      {who} let {what} in again, which was blocked because it was not used for long.
    </>
  ),
  'member.joined': ({ who, details: { role } }) => (
    <>
      {who} accepted an invitation and joined as {aRole(role)}.
    </>
  ),
  'member.role_changed': ({ who, what, isOwn, details: { role, withdrawnInvitations } }) => {
    const { from, to } = change(role)
    return (
      <>
        {who} changed {isOwn ? 'their own role' : <>the role of {what}</>} from {text(from)} to {text(to)}
        {withdrawn(withdrawnInvitations)}.
      </>
    )
  },
  'member.removed': ({ who, what, details: { role, withdrawnInvitations } }) => (
    <>
      {who} removed {what}, {aRole(role)}
      {withdrawn(withdrawnInvitations)}.
    </>
  ),
  'member.left': ({ who, details: { role, accountDeleted, withdrawnInvitations } }) => (
    <>
      {who}, {aRole(role)}, {accountDeleted === true ? 'deleted their account, and so left' : 'left'}
      {withdrawn(withdrawnInvitations)}.
    </>
  ),
  'invitation.created': ({ who, what, details: { role, replaced } }) => (
    <>
      {who} invited {what} as {aRole(role)}
      {typeof replaced === 'string' && ', in place of an invitation before'}.
    </>
  ),
  'invitation.withdrawn': ({ who, what, details: { role } }) => (
    <>
      {who} cancelled the invitation of {what} as {aRole(role)}.
    </>
  ),
  'organization.created': ({ who, details: { name } }) => (
    <>
      {who} made the organization {named(name)}.
    </>
  ),
  'organization.renamed': ({ who, details: { name } }) => (
    <>
      {who} renamed the organization: {fromTo(name)}.
    </>
  ),
  'policy.changed': ({ who, details }) => (
    <>
      {who} changed the policy for keys: {policyChanges(details)}.
    </>
  ),
  'organization.deleted': ({ who, details: { name } }) => (
    <>
      {who} deleted the organization {named(name)}.
    </>
  ),
}

/** An action of a server that is newer than this page. */
function other({ who, what, action }: About): ReactNode {
  return (
    <>
      {who}: {action}, {what}.
    </>
  )
}

function Actor({ of: { actor } }: { readonly of: Entry }) {
  if (actor === null) return 'The server'
  if (actor.name === null) return 'Somebody whose account is deleted'
  return <bdi className="font-medium">{actor.name}</bdi>
}

function Target({ of: { target } }: { readonly of: Entry }) {
  if (target.kind === 'key' && target.name !== null) {
    return (
      <>
        the key{' '}
        <Link to="/settings/api-keys/$keyId" params={{ keyId: target.id }} className="link">
          <bdi>{target.name}</bdi>
        </Link>
      </>
    )
  }
  if (target.name !== null) return <bdi className="font-medium">{target.name}</bdi>
  if (target.kind === 'key') return 'a key that is gone'
  return target.kind === 'user' ? 'somebody whose account is deleted' : 'somebody'
}

const policyNames: Readonly<Record<string, string>> = {
  maxLifetimeDays: 'days a key lives at most',
  needsExpiry: 'every key must expire',
  maxLiveKeysPerMember: 'live keys of a member at most',
  maxIdleDays: 'days without use before a key is blocked',
  networks: 'networks keys are used from',
}

function policyChanges(details: Entry['details']): ReactNode {
  const changed = Object.entries(details).filter(([, value]) => value !== null)
  if (changed.length === 0) return 'as it was'
  return changed.map(([name, value], index) => {
    const { from, to } = change(value)
    return (
      <span key={name}>
        {index > 0 && '; '}
        {policyNames[name] ?? name}: {limit(to)}, before {limit(from)}
      </span>
    )
  })
}

function limit(value: unknown): ReactNode {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return 'no limit'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? list(value) : text(value)
}

function withdrawn(invitations: unknown): ReactNode {
  const count = Array.isArray(invitations) ? invitations.length : 0
  if (count === 0) return null
  return count === 1 ? '; an invitation they had made was cancelled with it' : `; ${count} invitations they had made were cancelled with it`
}

function change(value: unknown): { readonly from: unknown; readonly to: unknown } {
  return typeof value === 'object' && value !== null && 'to' in value
    ? (value as { from: unknown; to: unknown })
    : { from: null, to: value }
}

function fromTo(value: unknown): ReactNode {
  const { from, to } = change(value)
  return (
    <>
      from {named(from)} to {named(to)}
    </>
  )
}

function named(name: unknown): ReactNode {
  return (
    <>
      “<bdi>{text(name)}</bdi>”
    </>
  )
}

/** `2027-01-31 12:00:00 UTC`, on one line. */
function at(instant: unknown): ReactNode {
  const date = new Date(typeof instant === 'string' ? instant : Number.NaN)
  return Number.isNaN(date.getTime()) ? text(instant) : <span className="whitespace-nowrap">{utcText(date)}</span>
}

function aRole(role: unknown): string {
  return role === 'owner' || role === 'admin' ? `an ${role}` : `a ${text(role)}`
}

function list(values: readonly unknown[]): string {
  return values.map(text).join(', ')
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'none'
}

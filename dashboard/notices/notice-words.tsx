import type { ReactNode } from 'react'
import type { Tone } from '../design/badge.tsx'
import { Instant } from '../design/instant.tsx'
import { type RevocationReason, reasonNames } from '../reasons.ts'
import type { Notice } from './notices-query.ts'

export interface NoticeWords {
  readonly tone: Tone
  readonly title: ReactNode
  readonly text: ReactNode
  /** What its link leads to. */
  readonly link: string
}

/** How a notice is told. */
export function noticeWords({ kind, facts, key, organization, createdAt, endsAt }: Notice): NoticeWords {
  const name = <bdi>{key?.name}</bdi>
  const of = <bdi>{organization.name}</bdi>
  const openKey = 'Open the key'
  if (kind === 'key_generated') {
    return {
      tone: 'neutral',
      title: <>The key {name} was generated with your account</>,
      text: (
        <>
          In {of}, <Instant at={createdAt} past />
          {facts.address ? `, from ${facts.address}` : ''}. If that was not you, revoke it and change your password.
        </>
      ),
      link: openKey,
    }
  }
  if (kind === 'key_revoked' || kind === 'keys_revoked') {
    const by = <bdi>{facts.by}</bdi>
    return {
      tone: 'warning',
      title:
        kind === 'key_revoked' ? (
          <>
            {by} revoked your key {name}
          </>
        ) : (
          <>
            {by} revoked {facts.count} of your keys
          </>
        ),
      text: (
        <>
          In {of}, <Instant at={createdAt} past />. <Reason reason={facts.reason} note={facts.note} />
        </>
      ),
      link: kind === 'key_revoked' ? openKey : 'Open the keys',
    }
  }
  if (kind === 'key_exposed') {
    return {
      tone: 'danger',
      title: (
        <>
          {facts.isOwn ? 'Your key' : 'The key'} {name} was leaked, and is revoked
        </>
      ),
      text: (
        <>
          In {of}, <Instant at={createdAt} past />: somebody found its secret where it should not be. Look at its last requests for what is
          not yours, and generate another key.
        </>
      ),
      link: openKey,
    }
  }
  if (kind === 'key_expires') {
    return {
      tone: 'warning',
      title: <>Your key {name} expires soon</>,
      text: (
        <>
          It is of {of}, and expires <Instant at={endsAt} />. It is in use, and an expiry is not put off: generate another key in time.
        </>
      ),
      link: openKey,
    }
  }
  const isUsedUp = facts.percent === 100
  return {
    tone: 'warning',
    title: (
      <>
        Your key {name} has used {isUsedUp ? 'up' : `${facts.percent} % of`} the requests of today
      </>
    ),
    text: (
      <>
        In {of}: {facts.quota?.toLocaleString('en')} a day.{' '}
        {isUsedUp ? 'More are refused until the next day begins' : 'The next day begins'}, <Instant at={endsAt} />.
      </>
    ),
    link: openKey,
  }
}

function Reason({ reason, note }: { readonly reason?: string | null | undefined; readonly note?: string | null | undefined }) {
  const isNamed = reason !== null && reason !== undefined && reason !== 'other'
  if (!isNamed && !note) return null
  return (
    <>
      {isNamed && `${reasonNames[reason as RevocationReason]}${note ? ': ' : '.'}`}
      {note && <bdi>{note}</bdi>}
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../design/button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { everyoneQuery } from '../everyone-query.ts'
import { useOrganization } from '../session.ts'
import type { KeyStatus } from './key.ts'
import { useShowAll } from './keys-filters.tsx'
import { seesAllKeys } from './keys-query.ts'
import type { KeysSearch } from './search.ts'
import { curlSnippet, secretPlaceholder } from './snippets.ts'

/** What stands in place of the list while there is no key: what one is for, and what it will do. */
export function FirstKey({ action }: { readonly action: ReactNode }) {
  const { name, role } = useOrganization()
  const command = curlSnippet({ host: location.origin, secret: secretPlaceholder, writes: role !== 'viewer' })
  return (
    <EmptyState icon={<KeyRound className="size-5" />} title="No keys yet" action={action}>
      <p>
        A key lets a script, a server or a pipeline use the knowledge base without a password. It acts as you in{' '}
        <bdi className="font-semibold text-ink">{name}</bdi>: in this organization alone, and never with more than your own role allows.
      </p>
      <div className="mt-2 grid gap-1.5 text-left">
        <p className="font-medium text-ink">This is what it will run:</p>
        <pre className="rounded-md border border-line bg-sunken p-3 font-mono text-[0.8125rem] whitespace-pre-wrap text-ink">{command}</pre>
      </div>
    </EmptyState>
  )
}

const kinds: Readonly<Record<KeyStatus, string>> = {
  active: 'active key',
  blocked: 'blocked key',
  expired: 'expired key',
  revoked: 'revoked key',
  owner_left: 'key whose owner left',
}

export interface NoMatchProps {
  readonly search: KeysSearch
}

/** What stands in place of the list when none of the keys is what is looked for: says what that is, and leads back to all. */
export function NoMatch({ search }: NoMatchProps) {
  const { status, member, expires, used, q = '' } = search
  const words = q.trim()
  const isAny = expires === undefined && used === undefined
  const showAll = useShowAll()
  return (
    <EmptyState
      title="No key matches"
      action={
        <Button variant="secondary" onClick={showAll}>
          Show all keys
        </Button>
      }
    >
      <p>
        There is no {status !== undefined ? kinds[status] : isAny ? 'key' : 'live key'}
        {member !== undefined && <Owner member={member} />}
        {expires === 'never' && ' that never expires'}
        {expires === 'within-14-days' && ' that expires within 14 days'}
        {expires !== undefined && used !== undefined && ' and'}
        {used === 'not-for-30-days' && ' that was unused for 30 days'}
        {words !== '' && (
          <>
            {' '}
            with “<bdi className="font-medium wrap-anywhere text-ink">{words}</bdi>” in its name or last four
          </>
        )}
        .
      </p>
    </EmptyState>
  )
}

function Owner({ member }: { readonly member: string }) {
  const organization = useOrganization()
  const { data: everyone } = useQuery({ ...everyoneQuery(organization), enabled: seesAllKeys(organization) })
  const name = everyone?.find(({ id }) => id === member)?.name
  return <> of {name === undefined ? 'this member' : <bdi className="font-medium text-ink">{name}</bdi>}</>
}

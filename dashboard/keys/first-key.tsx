import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { EmptyState } from '../design/empty-state.tsx'
import { useOrganization } from '../session.ts'
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

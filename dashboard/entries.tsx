import type { Entry } from './audit-query.ts'
import { Instant } from './design/instant.tsx'
import { EntrySentence } from './entry-sentence.tsx'

/** Entries of the log of changes, as sentences; below each when, from where and by which request. */
export function Entries({
  label,
  entries,
  ofKey = false,
}: {
  readonly label: string
  readonly entries: readonly Entry[]
  readonly ofKey?: boolean
}) {
  return (
    <ol aria-label={label} className="grid grid-cols-[minmax(0,1fr)]">
      {entries.map((entry) => (
        <li key={entry.id} className="contained -mx-1 grid gap-0.5 border-b border-line px-1 py-3 first:pt-0 last:border-b-0 last:pb-0">
          <EntrySentence entry={entry} onPageOfKey={ofKey} />
          <p className="flex flex-wrap items-center gap-x-3 text-[0.8125rem] text-soft">
            <Instant past at={entry.at} />
            {entry.address !== null && <span>from {entry.address}</span>}
            {entry.requestId !== null && <span className="font-mono text-xs">{entry.requestId}</span>}
          </p>
        </li>
      ))}
    </ol>
  )
}

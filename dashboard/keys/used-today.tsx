import { utcText } from '../design/instant.tsx'
import { Meter } from '../design/meter.tsx'
import { timeInWords, usedText } from './expiry.ts'
import type { Key } from './key.ts'

/** What a key has used of today's quota, and when the next day begins. */
export function UsedToday({ shownKey: { status, today, name } }: { readonly shownKey: Key }) {
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

import { utcText } from '../design/instant.tsx'
import { localWords } from './expiry.ts'

/** `Sunday, 31 January 2027, 13:00 CET (2027-01-31 12:00:00 UTC)`, the latter on one line. */
export function ExactInstant({ at }: { readonly at: Date }) {
  return (
    <time dateTime={at.toISOString()}>
      {localWords(at)} <span className="whitespace-nowrap">({utcText(at)})</span>
    </time>
  )
}

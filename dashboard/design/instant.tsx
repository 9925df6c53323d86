import { Tooltip } from '@base-ui/react/tooltip'
import { type ReactNode, useEffect, useState } from 'react'

const units = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' })
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })

/** How long ago an instant was, or about how far it is, in words: what was set for 24 hours is in 24 hours a moment later. */
export function relativeText(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime()
  for (const [unit, unitMs] of units) {
    // A clock that is a minute behind does not make 24 hours a day.
    if ((ms > 0 ? ms * 0.999 : -ms) >= unitMs) return relative.format(ms > 0 ? Math.round(ms / unitMs) : Math.trunc(ms / unitMs), unit)
  }
  return ms > 0 ? 'in less than a minute' : 'just now'
}

/** An instant in the reader's own zone. */
export function localText(at: Date): string {
  return local.format(at)
}

/** An instant in UTC, to the second: `2026-01-31 12:00:00 UTC`. */
export function utcText(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

export interface InstantProps {
  /** ISO 8601. */
  readonly at: string
  /** Relative by default; `date` shows the day. The exact instant is told on focus and hover either way. */
  readonly as?: 'relative' | 'date' | 'exact' | undefined
  /** Told with the exact instant. */
  readonly note?: ReactNode | undefined
  /** It was, even where this machine's clock is behind the server's. */
  readonly past?: boolean | undefined
}

/** An instant, with its exact local time and UTC on hover, focus and touch. */
export function Instant({ at, as = 'relative', note, past = false }: InstantProps) {
  const [, setTicks] = useState(0)
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const timer = setInterval(() => setTicks((ticks) => ticks + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
  const date = new Date(at)
  // Of now and not of the last tick, which was before what has just happened.
  const now = new Date(past ? Math.max(Date.now(), date.getTime()) : Date.now())
  const shown = as === 'relative' ? relativeText(date, now) : as === 'date' ? dateOnly.format(date) : localText(date)
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger
        delay={200}
        closeOnClick={false}
        onClick={() => setOpen(true)}
        className="inline-block min-h-6 rounded-sm text-left underline decoration-line decoration-dotted underline-offset-4"
      >
        <time dateTime={at} className="sm:whitespace-nowrap">
          {shown}
        </time>
        <span className="sr-only">
          , {localText(date)}, {utcText(date)} {note}
        </span>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup
            className="grid max-w-72 gap-0.5 rounded-md border border-line bg-raised px-3 py-2 text-[0.8125rem] shadow-raised"
            aria-hidden="true"
          >
            <span>{localText(date)}</span>
            <span className="text-soft">{utcText(date)}</span>
            {note !== undefined && <span className="text-soft">{note}</span>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

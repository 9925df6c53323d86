import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type Tone = 'neutral' | 'good' | 'warning' | 'danger'

export const toneClass: Readonly<Record<Tone, string>> = {
  neutral: 'border-line bg-sunken text-soft',
  good: 'border-transparent bg-accent-soft text-accent-ink',
  warning: 'border-transparent bg-warning-soft text-warning-ink',
  danger: 'border-transparent bg-danger-soft text-danger-ink',
}

/** A state in a word or two; the colour only repeats it. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: Tone | undefined; readonly children: ReactNode }) {
  return (
    <span
      className={classNames(
        'inline-flex items-center rounded-full border px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        toneClass[tone],
      )}
    >
      {children}
    </span>
  )
}

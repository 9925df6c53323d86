import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Tone, toneClass } from './badge.tsx'
import { classNames } from './class-names.ts'

const icons = { neutral: Info, good: CircleCheck, warning: TriangleAlert, danger: CircleAlert } as const

export interface NoticeProps {
  readonly tone?: Tone | undefined
  readonly title?: ReactNode | undefined
  readonly children?: ReactNode | undefined
  /** Tells it at once to who cannot see it. */
  readonly alert?: boolean | undefined
}

/** Something to know, in the page where it matters. */
export function Notice({ tone = 'neutral', title, children, alert = false }: NoticeProps) {
  const Icon = icons[tone]
  return (
    <div role={alert ? 'alert' : undefined} className={classNames('flex gap-3 rounded-lg border px-4 py-3', toneClass[tone])}>
      <Icon className="mt-0.5 size-4.5 shrink-0" aria-hidden="true" />
      <div className="grid min-w-0 gap-1">
        {title !== undefined && <p className="font-semibold">{title}</p>}
        {children !== undefined && <div className="grid gap-2">{children}</div>}
      </div>
    </div>
  )
}

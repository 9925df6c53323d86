import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** What is known of something, each with its name: as many beside each other as there is room for, below each other on small screens. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] sm:gap-y-4">{children}</dl>
}

export interface FactProps {
  readonly label: string
  /** Takes the room of two; on small screens all of it, below its name. */
  readonly wide?: boolean | undefined
  readonly children: ReactNode
}

export function Fact({ label, wide = false, children }: FactProps) {
  return (
    <div
      className={classNames(
        'grid min-w-0 content-start gap-x-2 gap-y-1',
        wide ? 'grid-cols-[minmax(0,1fr)] sm:col-span-2' : 'grid-cols-[6rem_minmax(0,1fr)] sm:grid-cols-[minmax(0,1fr)]',
      )}
    >
      <dt className="text-[0.8125rem] text-soft">{label}</dt>
      <dd className="contained -mx-1 min-w-0 px-1">{children}</dd>
    </div>
  )
}

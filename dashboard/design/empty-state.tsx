import type { ReactNode } from 'react'

export interface EmptyStateProps {
  readonly icon?: ReactNode | undefined
  readonly title: ReactNode
  readonly children?: ReactNode | undefined
  readonly action?: ReactNode | undefined
}

/** What stands where there is nothing yet: what would be here, and how to begin. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="grid justify-items-center gap-3 rounded-lg border border-dashed border-line bg-surface px-5 py-12 text-center">
      {icon !== undefined && (
        <div className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink" aria-hidden="true">
          {icon}
        </div>
      )}
      <h2 className="text-base font-semibold">{title}</h2>
      {children !== undefined && <div className="grid max-w-2xl gap-2 text-soft">{children}</div>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  )
}

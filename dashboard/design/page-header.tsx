import type { ReactNode } from 'react'

export interface PageHeaderProps {
  readonly title: ReactNode
  readonly description?: ReactNode | undefined
  readonly actions?: ReactNode | undefined
}

/** The head of a page, with its one first-level heading. */
export function PageHeader({ title, description, actions }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
      <div className="grid min-w-0 gap-1">
        <h1 className="text-xl leading-tight font-semibold sm:text-2xl">{title}</h1>
        {description !== undefined && <p className="max-w-2xl text-soft">{description}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  )
}

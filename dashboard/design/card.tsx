import { type ReactNode, useId } from 'react'

export interface CardProps {
  readonly title?: ReactNode | undefined
  readonly description?: ReactNode | undefined
  readonly children: ReactNode
}

/** A part of a page with a heading of its own. */
export function Card({ title, description, children }: CardProps) {
  const id = useId()
  return (
    <section aria-labelledby={title === undefined ? undefined : id} className="rounded-lg border border-line bg-surface p-4 sm:p-6">
      {title !== undefined && (
        <div className="mb-4 grid gap-1">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {description !== undefined && <p className="text-soft">{description}</p>}
        </div>
      )}
      {children}
    </section>
  )
}

import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router'
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { PartError } from './part-error.ts'

export interface PartOptions {
  /** In its place until it is there. */
  readonly fallback?: ReactNode
  /** Whether somebody presses for it, so that what goes wrong is to take the focus as it would have. What comes by itself takes it from nobody. */
  readonly takesFocus?: boolean
}

/**
 * A component that comes in a file of its own, once it is shown. If it fails, what went wrong is in its place, and the rest of the page stays as
 * it is.
 */
export function part<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { fallback, takesFocus = false }: PartOptions = {},
): ComponentType<Props> {
  const Loaded = lazy(async () => {
    const component = await load().catch((cause) => {
      throw new PartError('a part of the page was not loaded', { cause })
    })
    return { default: component as ComponentType<object> }
  })
  const Failed = ({ error }: ErrorComponentProps) => <FailedPart error={error} takesFocus={takesFocus} />
  return (props) => (
    <CatchBoundary getResetKey={() => 0} errorComponent={Failed}>
      <Suspense fallback={fallback}>
        <Loaded {...props} />
      </Suspense>
    </CatchBoundary>
  )
}

function FailedPart({ error, takesFocus }: Pick<ErrorComponentProps, 'error'> & { readonly takesFocus: boolean }) {
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // It may be far from what was pressed.
    if (takesFocus) notice.current?.focus()
  }, [takesFocus])
  return (
    <div ref={notice} tabIndex={-1} className="my-4 rounded-lg">
      <ErrorNotice error={error} />
    </div>
  )
}

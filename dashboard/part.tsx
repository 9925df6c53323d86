import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router'
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { PartError } from './part-error.ts'

/**
 * A component that comes in a file of its own, once it is shown. Until it is there, `fallback` is in its place; if it fails, what went wrong
 * is, and the rest of the page stays as it is.
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>, fallback?: ReactNode): ComponentType<Props> {
  const Loaded = lazy(async () => {
    const component = await load().catch((cause) => {
      throw new PartError('a part of the page was not loaded', { cause })
    })
    return { default: component as ComponentType<object> }
  })
  return (props) => (
    <CatchBoundary getResetKey={() => 0} errorComponent={FailedPart}>
      <Suspense fallback={fallback}>
        <Loaded {...props} />
      </Suspense>
    </CatchBoundary>
  )
}

function FailedPart({ error }: ErrorComponentProps) {
  const notice = useRef<HTMLDivElement>(null)
  // It may be far from what was pressed.
  useEffect(() => notice.current?.focus(), [])
  return (
    <div ref={notice} tabIndex={-1} className="my-4 rounded-lg">
      <ErrorNotice error={error} />
    </div>
  )
}

import { useEffect, useRef, useState } from 'react'
import { Button } from './button.tsx'

export interface ShowMoreProps {
  readonly hasMore: boolean
  readonly busy: boolean
  readonly onMore: () => void
}

/** Brings the next page of a list. When it was the last, that is said, and has the focus in place of the button. */
export function ShowMore({ hasMore, busy, onMore }: ShowMoreProps) {
  const [used, setUsed] = useState(false)
  const end = useRef<HTMLParagraphElement>(null)
  const ended = used && !hasMore
  useEffect(() => {
    if (ended) end.current?.focus()
  }, [ended])
  if (ended) {
    return (
      <p ref={end} tabIndex={-1} className="py-2 text-center text-soft">
        That is all.
      </p>
    )
  }
  if (!hasMore) return null
  return (
    <div className="flex justify-center">
      <Button
        variant="secondary"
        busy={busy}
        onClick={() => {
          setUsed(true)
          onMore()
        }}
      >
        Show more
      </Button>
    </div>
  )
}

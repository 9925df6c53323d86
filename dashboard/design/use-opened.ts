import { useState } from 'react'

export interface Opened<Subject> {
  readonly subject: Subject
  readonly isOpen: boolean
  /** Another one with each opening, so that nothing of the time before is left. */
  readonly key: number
}

/** What a dialog was opened for. It is kept while the dialog closes, so that it does not change before it is gone. */
export function useOpened<Subject>() {
  const [opened, setOpened] = useState<Opened<Subject>>()
  return {
    opened,
    open: (subject: Subject) => setOpened((before) => ({ subject, isOpen: true, key: (before?.key ?? 0) + 1 })),
    close: () => setOpened((before) => before && { ...before, isOpen: false }),
  }
}

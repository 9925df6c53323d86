import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useOrganization } from '../session.ts'
import type { OpenDialog } from './key-dialogs.tsx'
import { keysOf } from './keys-query.ts'

/**
 * Which dialog is open, and what has the focus after it: what opened it, or when that is gone what `fallback`, a selector, finds.
 */
export function useKeyDialog(fallback: string) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const [open, setOpen] = useState<OpenDialog>()
  const opener = useRef<HTMLElement>(null)
  const wasOpen = useRef(false)
  useEffect(() => {
    if (open !== undefined || !wasOpen.current) {
      wasOpen.current = open !== undefined
      return
    }
    wasOpen.current = false
    const focus = () => {
      const target = opener.current?.isConnected ? opener.current : document.querySelector<HTMLElement>(fallback)
      target?.focus()
    }
    requestAnimationFrame(focus)
    // The key may have been used meanwhile, with the test request for one; and what was focused may go when the list is read again.
    void queryClient.invalidateQueries({ queryKey: keysOf(organization) }).then(() =>
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) focus()
      }),
    )
  }, [open, organization, queryClient, fallback])
  const show = useCallback((dialog: OpenDialog, from: HTMLElement | null) => {
    opener.current = from
    setOpen(dialog)
  }, [])
  return { open, show, close: () => setOpen(undefined) }
}

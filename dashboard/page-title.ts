import { useEffect } from 'react'

/** Names the page in the window's title. Nothing secret. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · LeafPad`
  }, [title])
}

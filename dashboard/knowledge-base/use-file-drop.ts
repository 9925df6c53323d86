import { useEffect, useRef, useState } from 'react'

/**
 * Takes files that are dropped anywhere on the page, so that none of them replaces the page by missing its aim. True while some
 * are held over it.
 */
export function useFileDrop(enabled: boolean, onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false)
  const take = useRef(onFiles)
  useEffect(() => {
    take.current = onFiles
  })
  useEffect(() => {
    if (!enabled) return
    const stop = new AbortController()
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      window.addEventListener(type, (event) => hasFiles(event) && listener(event), { signal: stop.signal })
    on('dragenter', () => setOver(true))
    on('dragover', (event) => event.preventDefault())
    on('dragleave', (event) => {
      // Null once it is outside of the window.
      if (event.relatedTarget === null) setOver(false)
    })
    on('drop', (event) => {
      event.preventDefault()
      setOver(false)
      take.current([...event.dataTransfer!.files])
    })
    return () => {
      stop.abort()
      setOver(false)
    }
  }, [enabled])
  return over
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}

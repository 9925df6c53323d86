import { Check, Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { copyText } from './copy-field.tsx'

/** A short text to be read and copied, such as an id: a button copies it, and selects it where the browser does not let it. */
export function CopyText({ label, value }: { readonly label: string; readonly value: string }) {
  const text = useRef<HTMLSpanElement>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 4_000)
    return () => clearTimeout(timer)
  }, [copied])
  const Icon = copied ? Check : Copy
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span ref={text} className="min-w-0 font-mono text-xs wrap-anywhere">
        {value}
      </span>
      <button
        type="button"
        aria-label={`Copy ${label} ${value}`}
        className="grid size-6 shrink-0 place-items-center rounded-sm text-soft hover:bg-hover hover:text-ink pointer-coarse:size-11"
        onClick={async () => setCopied((await copyText(value, null)) || copySelected(text.current!))}
      >
        <Icon className="size-3.5" aria-hidden="true" />
      </button>
      <span role="status" className="sr-only">
        {copied && 'Copied.'}
      </span>
    </span>
  )
}

/** On plain HTTP there is no clipboard to ask. What is selected stays so, to be copied by hand. */
function copySelected(element: HTMLElement): boolean {
  getSelection()?.selectAllChildren(element)
  try {
    return document.execCommand('copy')
  } catch {
    return false
  }
}

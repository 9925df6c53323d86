import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import { inputClass } from './text-field.tsx'

export interface CopyFieldProps {
  readonly label: ReactNode
  readonly value: string
  readonly hint?: ReactNode | undefined
  /** Shows it over several lines, as it is. */
  readonly multiline?: boolean | undefined
}

type Outcome = 'copied' | 'selected' | undefined

/** Something to be copied, selected as a whole once it has the focus. The value itself is never announced. */
export function CopyField({ label, value, hint, multiline = false }: CopyFieldProps) {
  const id = useId()
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [outcome, setOutcome] = useState<Outcome>()

  useEffect(() => {
    if (outcome !== 'copied') return
    const timer = setTimeout(() => setOutcome(undefined), 4_000)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy() {
    setOutcome((await copyText(value, field.current)) ? 'copied' : 'selected')
  }

  const props = {
    ref: field,
    id,
    value,
    readOnly: true,
    spellCheck: false,
    autoComplete: 'off',
    onFocus: () => field.current?.select(),
    'aria-describedby': `${id}-hint`,
    className: classNames(inputClass, 'min-w-0 font-mono text-[0.8125rem]'),
  }
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className={classNames('flex gap-2', multiline && 'flex-col items-stretch sm:flex-row sm:items-start')}>
        {multiline ? <textarea {...props} rows={value.split('\n').length + 1} wrap="off" /> : <input {...props} type="text" />}
        <Button variant="secondary" onClick={copy}>
          {outcome === 'copied' ? <Check className="size-4" aria-hidden="true" /> : <Copy className="size-4" aria-hidden="true" />}
          {outcome === 'copied' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p id={`${id}-hint`} className="text-[0.8125rem] text-soft empty:hidden">
        {hint}
      </p>
      <p role="status" className={outcome === 'selected' ? 'text-[0.8125rem] font-medium' : 'sr-only'}>
        {outcome === 'copied' && 'Copied.'}
        {outcome === 'selected' && 'It is selected: press Ctrl+C (⌘C on a Mac) to copy it.'}
      </p>
    </div>
  )
}

/**
 * Copies a text. On plain HTTP there is no clipboard to ask, so the field that shows the text is selected and the old command
 * copies what is selected. False when that did not work either; the text then is selected.
 */
export async function copyText(text: string, field: HTMLInputElement | HTMLTextAreaElement | null): Promise<boolean> {
  try {
    // Absent where the page is no secure context, whatever its type says.
    await (navigator.clipboard as Clipboard | undefined)!.writeText(text)
    return true
  } catch {
    if (field === null) return false
    field.focus()
    field.select()
    try {
      return document.execCommand('copy')
    } catch {
      return false
    }
  }
}

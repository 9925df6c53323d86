import { type ReactNode, useEffect, useRef, useState } from 'react'
import { TextField } from './text-field.tsx'

interface Entry {
  readonly text: string
  /** The first is 1. */
  readonly line: number
}

interface Problem {
  /** Undefined: it is about all of them. */
  readonly entry: Entry | undefined
  readonly message: string
}

/**
 * Entries as they are being written, one a line or with commas between, and what was found wrong with them as they were sent.
 * @param name what the server calls them
 */
export function useEntries(name: string, initial: readonly string[] = []) {
  const [text, setText] = useState(initial.join('\n'))
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const entries = entriesOf(text)
  return {
    text,
    entries: entries.map(({ text }) => text),
    problems,
    write: (next: string) => {
      setText(next)
      setProblems([])
    },
    /** Takes what is about these entries: `networks.1` is about the second. */
    tell: (errors: readonly { readonly path: string; readonly message: string }[]) => {
      const own = errors.map(({ path, message }) => ({ steps: path.split('.'), message })).filter(({ steps }) => steps[0] === name)
      setProblems(own.map(({ steps, message }) => ({ entry: entries[Number(steps[1])], message })))
    },
  }
}

export interface EntriesFieldProps {
  readonly label: string
  readonly hint: ReactNode
  readonly placeholder?: string | undefined
  readonly entries: ReturnType<typeof useEntries>
  readonly required?: boolean | undefined
}

/** Entries, one a line or with commas between; what is wrong with one is told with its line. */
export function EntriesField({ label, hint, placeholder, entries: { text, problems, write }, required = false }: EntriesFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // Not told by itself: whoever cannot see it hears it with the field.
    if (problems.length > 0) field.current?.focus()
  }, [problems])
  return (
    <TextField
      ref={field}
      label={label}
      rows={3}
      required={required}
      spellCheck={false}
      autoComplete="off"
      autoCapitalize="none"
      placeholder={placeholder}
      hint={hint}
      value={text}
      onValueChange={write}
      error={
        problems.length > 0 && (
          <span className="grid gap-1">
            {problems.map(({ entry, message }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they come together and go together
              <span key={index}>
                {entry === undefined ? 'It' : `Line ${entry.line}: `}
                {entry !== undefined && <bdi>{entry.text}</bdi>} {message}.
              </span>
            ))}
          </span>
        )
      }
    />
  )
}

function entriesOf(text: string): Entry[] {
  return text
    .split('\n')
    .flatMap((line, index) => line.split(',').map((part) => ({ text: part.trim(), line: index + 1 })))
    .filter(({ text }) => text !== '')
}

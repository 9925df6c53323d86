import { type ReactNode, useEffect, useRef, useState } from 'react'
import { TextField } from './design/text-field.tsx'
import { fieldErrors } from './field-errors.ts'

interface NetworkProblem {
  /** Undefined: it is about all of them. */
  readonly written: { readonly text: string; readonly line: number } | undefined
  readonly message: string
}

/** Networks as they are being written, and what the server found wrong with them as they were sent. */
export function useNetworks(initial: readonly string[] = []) {
  const [text, setText] = useState(initial.join('\n'))
  const [problems, setProblems] = useState<readonly NetworkProblem[]>([])
  const written = writtenNetworks(text)
  return {
    text,
    networks: written.map(({ text }) => text),
    problems,
    write: (next: string) => {
      setText(next)
      setProblems([])
    },
    /** Takes from an answer what it says about them. */
    tell: (error: unknown) => {
      const told = fieldErrors(error).filter(({ path }) => /^networks(\.|$)/.test(path))
      setProblems(told.map(({ path, message }) => ({ written: written[Number(path.split('.')[1])], message })))
    },
  }
}

export interface NetworksFieldProps {
  readonly label: string
  readonly hint: ReactNode
  readonly networks: ReturnType<typeof useNetworks>
  readonly required?: boolean | undefined
}

/** Networks, one a line or with commas between; what is wrong with one is told with its line. */
export function NetworksField({ label, hint, networks: { text, problems, write }, required = false }: NetworksFieldProps) {
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
      placeholder={'10.0.0.0/8\n2001:db8::/32'}
      hint={hint}
      value={text}
      onValueChange={write}
      error={
        problems.length > 0 && (
          <span className="grid gap-1">
            {problems.map(({ written, message }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they come together and go together
              <span key={index}>
                {written === undefined ? 'It' : `Line ${written.line}: `}
                {written !== undefined && <bdi>{written.text}</bdi>} {message}.
              </span>
            ))}
          </span>
        )
      }
    />
  )
}

/** Some networks in a sentence: the first few, and how many more there are. */
export function NetworksText({ networks }: { readonly networks: readonly string[] }) {
  const more = networks.length - 3
  const shown = more > 0 ? networks.slice(0, 3) : networks
  return (
    <>
      <span className="font-mono text-[0.9em]">{shown.join(', ')}</span>
      {more > 0 && ` and ${more} more`}
    </>
  )
}

function writtenNetworks(text: string): { text: string; line: number }[] {
  return text
    .split('\n')
    .flatMap((line, index) => line.split(',').map((part) => ({ text: part.trim(), line: index + 1 })))
    .filter(({ text }) => text !== '')
}

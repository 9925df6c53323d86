import { type ReactNode, type RefObject, useId } from 'react'

interface ChoiceProps {
  readonly type: 'checkbox' | 'radio'
  readonly label: ReactNode
  readonly hint?: ReactNode | undefined
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly name?: string | undefined
  readonly disabled?: boolean | undefined
  readonly inputRef?: RefObject<HTMLInputElement | null> | undefined
}

function Choice({ type, label, hint, checked, onChange, name, disabled = false, inputRef }: ChoiceProps) {
  const id = useId()
  return (
    <div className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2.5">
      <input
        ref={inputRef}
        id={id}
        type={type}
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-0.5 size-5 accent-(--color-accent) pointer-coarse:mt-3"
      />
      <label htmlFor={id} className="min-h-6 content-center pointer-coarse:min-h-11">
        {label}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="col-start-2 text-[0.8125rem] text-soft">
          {hint}
        </p>
      )}
    </div>
  )
}

/** A box to tick, with what it means. */
export function Checkbox(props: Omit<ChoiceProps, 'type' | 'name'>) {
  return <Choice {...props} type="checkbox" />
}

export interface RadioChoicesProps<Value extends string> {
  readonly label: ReactNode
  readonly value: Value
  readonly onValueChange: (value: Value) => void
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly hint?: ReactNode | undefined }[]
  /** What the last of them opens. */
  readonly children?: ReactNode | undefined
}

/** One of a few that are all in sight, each with what it means. */
export function RadioChoices<Value extends string>({ label, value, onValueChange, options, children }: RadioChoicesProps<Value>) {
  const name = useId()
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 font-medium">{label}</legend>
      {options.map((option) => (
        <Choice
          key={option.value}
          type="radio"
          name={name}
          label={option.label}
          hint={option.hint}
          checked={option.value === value}
          onChange={() => onValueChange(option.value)}
        />
      ))}
      {children}
    </fieldset>
  )
}

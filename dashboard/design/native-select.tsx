import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import { inputClass } from './text-field.tsx'

export interface NativeSelectProps<Value extends string> {
  readonly label: ReactNode
  readonly value: Value
  readonly onValueChange: (value: Value) => void
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  /** How wide it is; by default as what it is in. */
  readonly className?: string
}

/** One of a few, with the browser's own list: the page is to be there soon, and this costs nothing to load. */
export function NativeSelect<Value extends string>({ label, value, onValueChange, options, className }: NativeSelectProps<Value>) {
  const id = useId()
  return (
    <div className={classNames('grid gap-1.5', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select id={id} className={inputClass} value={value} onChange={(event) => onValueChange(event.target.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}

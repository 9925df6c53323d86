import { useId } from 'react'
import { inputClass } from '../design/text-field.tsx'

export interface FilterSelectProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly onValueChange: (value: Value) => void
  readonly options: readonly { readonly value: Value; readonly label: string }[]
}

/** One of a few, with the browser's own list: the page is to be there soon, and this costs nothing to load. */
export function FilterSelect<Value extends string>({ label, value, onValueChange, options }: FilterSelectProps<Value>) {
  const id = useId()
  return (
    <div className="grid min-w-28 flex-1 gap-1.5 sm:w-48 sm:flex-none">
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

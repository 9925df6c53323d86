import { Field } from '@base-ui/react/field'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'

export const inputClass = classNames(
  'w-full min-h-10 rounded-md border border-edge bg-surface px-3 py-2 text-base text-ink pointer-coarse:min-h-11 sm:text-sm',
  'data-invalid:border-danger data-invalid:outline-danger disabled:opacity-60 [&:is(input,textarea):read-only]:bg-sunken',
)

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'defaultValue' | 'onChange' | 'value'> {
  readonly label: ReactNode
  readonly hint?: ReactNode | undefined
  /** What is wrong with the value, beyond what the browser finds by itself. */
  readonly error?: ReactNode | undefined
  readonly value?: string | undefined
  readonly defaultValue?: string | undefined
  readonly onValueChange?: ((value: string) => void) | undefined
  /** Makes it a field of several lines. */
  readonly rows?: number | undefined
}

/** A line of text with its label, a hint and what is wrong with it. In a `Form`, `name` is what its value is called. */
export function TextField({ label, hint, error, name, rows, className, disabled, onValueChange, ...props }: TextFieldProps) {
  const render = rows === undefined ? undefined : <textarea rows={rows} />
  return (
    <Field.Root
      className={classNames('grid gap-1.5', className)}
      invalid={error !== undefined && error !== null && error !== false ? true : undefined}
      {...(name !== undefined && { name })}
      {...(disabled !== undefined && { disabled })}
    >
      <Field.Label className="font-medium">{label}</Field.Label>
      <Field.Control
        {...(props as object)}
        {...(onValueChange !== undefined && { onValueChange: (value: string) => onValueChange(value) })}
        {...(render !== undefined && { render })}
        className={inputClass}
      />
      {hint !== undefined && <Field.Description className="text-[0.8125rem] text-soft">{hint}</Field.Description>}
      {error ? (
        <Field.Error match className="text-[0.8125rem] font-medium text-danger-ink">
          {error}
        </Field.Error>
      ) : (
        <Field.Error className="text-[0.8125rem] font-medium text-danger-ink" />
      )}
    </Field.Root>
  )
}

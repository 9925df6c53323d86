import { useState } from 'react'
import { TextField } from '../design/text-field.tsx'

export interface PasswordFieldProps {
  readonly label?: string | undefined
  readonly name?: string | undefined
  /** A password that is to be, with what is asked of it; otherwise the present one. */
  readonly isNew?: boolean | undefined
  readonly autoFocus?: boolean | undefined
}

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label = 'Password', name = 'password', isNew = false, autoFocus }: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <div className="grid gap-2">
      <TextField
        label={label}
        name={name}
        type={shown ? 'text' : 'password'}
        required
        autoComplete={isNew ? 'new-password' : 'current-password'}
        spellCheck={false}
        autoCapitalize="none"
        {...(isNew && { minLength: 10, maxLength: 128, hint: '10 to 128 characters. A few words in a row are easy to keep in mind.' })}
        {...(autoFocus !== undefined && { autoFocus })}
      />
      <label className="flex min-h-6 w-fit items-center gap-2 text-[0.8125rem] text-soft pointer-coarse:min-h-11">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} className="size-4 accent-accent" />
        Show the password
      </label>
    </div>
  )
}

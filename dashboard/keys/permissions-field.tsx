import { useEffect, useRef } from 'react'
import { Checkbox, RadioChoices } from '../design/choices.tsx'
import { useOrganization } from '../session.ts'
import type { KeyPermission } from './permissions.ts'

/** What a key shall be able to do: all that its owner may, reading, or some of it. */
export interface ChosenPermissions {
  readonly choice: 'all' | 'read' | 'some'
  readonly some: readonly KeyPermission[]
}

/** What to ask the server for; undefined: everything. */
export function askedPermissions({ choice, some }: ChosenPermissions): readonly KeyPermission[] | undefined {
  if (choice === 'all') return undefined
  return choice === 'read' ? ['documents:read'] : some
}

const permissions = [
  { permission: 'documents:read', label: 'Read', hint: 'Lists and downloads documents' },
  { permission: 'documents:write', label: 'Write', hint: 'Adds and deletes documents' },
] as const

export interface PermissionsFieldProps {
  readonly value: ChosenPermissions
  readonly onValueChange: (value: ChosenPermissions) => void
  /** That some must be chosen, and none is. */
  readonly missing: boolean
}

export function PermissionsField({ value, onValueChange, missing }: PermissionsFieldProps) {
  const { role } = useOrganization()
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (missing) first.current?.focus()
  }, [missing])
  return (
    <RadioChoices
      label="What it may do"
      value={value.choice}
      onValueChange={(choice) => onValueChange({ ...value, choice })}
      options={[
        { value: 'all', label: 'Everything you may do', hint: 'It follows your role, at each moment.' },
        { value: 'read', label: 'Read only' },
        { value: 'some', label: 'Chosen permissions …' },
      ]}
    >
      {value.choice === 'some' && (
        <div className="ml-7.5 grid gap-1.5">
          {permissions.map(({ permission, label, hint }) => {
            const isMissing = role === 'viewer' && permission === 'documents:write'
            return (
              <Checkbox
                key={permission}
                inputRef={permission === 'documents:read' ? first : undefined}
                label={
                  <>
                    {label} <span className="font-mono text-[0.8125rem] text-soft">{permission}</span>
                  </>
                }
                hint={isMissing ? 'As a viewer you do not have it, so you cannot give it.' : `${hint}.`}
                disabled={isMissing}
                checked={value.some.includes(permission)}
                onChange={(checked) =>
                  onValueChange({
                    ...value,
                    some: permissions
                      .map((one) => one.permission)
                      .filter((one) => (one === permission ? checked : value.some.includes(one))),
                  })
                }
              />
            )
          })}
          {missing && (
            <p role="alert" className="text-[0.8125rem] font-medium text-danger-ink">
              Choose at least one.
            </p>
          )}
        </div>
      )}
    </RadioChoices>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { AuditAction } from '../audit-query.ts'
import { Button } from '../design/button.tsx'
import { isolated } from '../design/isolated.ts'
import { NativeSelect } from '../design/native-select.tsx'
import { TextField } from '../design/text-field.tsx'
import { everyoneQuery } from '../everyone-query.ts'
import { useOrganization } from '../session.ts'
import { actionNames } from './action-names.ts'
import type { AuditSearch } from './search.ts'

const actionOptions = [
  { value: 'any', label: 'Any action' } as const,
  ...(Object.keys(actionNames) as AuditAction[]).map((value) => ({ value, label: actionNames[value] })),
]

const selectClass = 'min-w-36 flex-1 sm:w-48 sm:flex-none'

/** Which entries are shown; the address has it, so that it can be sent to others. */
export function AuditFilters({ search }: { readonly search: AuditSearch }) {
  const navigate = useNavigate({ from: '/settings/audit' })
  const { data: everyone = [] } = useQuery(everyoneQuery(useOrganization()))
  const { member } = search
  const members = [
    { value: 'anyone', label: 'Anyone' },
    ...everyone.map(({ userId, name, email }) => ({ value: userId, label: `${isolated(name)} (${email})` })),
    // Someone who left, or is not read yet.
    ...(member !== undefined && !everyone.some(({ userId }) => userId === member) ? [{ value: member, label: 'Somebody else' }] : []),
  ]
  const change = (changed: { [Name in keyof AuditSearch]: AuditSearch[Name] | undefined }) =>
    void navigate({ search: withoutAbsent({ ...search, ...changed }), replace: true })
  return (
    <search className="mb-4 flex flex-wrap items-end gap-3" aria-label="Audit log">
      <NativeSelect
        label="Action"
        className={selectClass}
        options={actionOptions}
        value={search.action ?? 'any'}
        onValueChange={(action) => change({ action: action === 'any' ? undefined : action })}
      />
      <NativeSelect
        label="Who did it"
        className={selectClass}
        options={members}
        value={member ?? 'anyone'}
        onValueChange={(chosen) => change({ member: chosen === 'anyone' ? undefined : chosen })}
      />
      <Day label="First day (UTC)" value={search.from} onValueChange={(from) => change({ from })} />
      <Day label="Last day (UTC)" value={search.until} onValueChange={(until) => change({ until })} />
      {Object.keys(search).length > 0 && (
        <Button variant="quiet" onClick={() => void navigate({ search: {}, replace: true })}>
          Show all
        </Button>
      )}
    </search>
  )
}

interface DayProps {
  readonly label: string
  readonly value: string | undefined
  readonly onValueChange: (day: string | undefined) => void
}

function Day({ label, value = '', onValueChange }: DayProps) {
  const [typed, setTyped] = useState(value)
  const [told, setTold] = useState(value)
  if (told !== value) {
    setTold(value)
    setTyped(value)
  }
  return (
    <TextField
      label={label}
      type="date"
      min="2000-01-01"
      max="2999-12-31"
      className="w-full sm:w-40"
      value={typed}
      onValueChange={(day) => {
        setTyped(day)
        // Of a year that is typed there are the year 2 and the year 202 first.
        if (day === '' || day.startsWith('2')) onValueChange(day === '' ? undefined : day)
      }}
    />
  )
}

function withoutAbsent(search: { readonly [Name in keyof AuditSearch]: AuditSearch[Name] | undefined }): AuditSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}

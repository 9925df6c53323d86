import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { isolated } from '../design/isolated.ts'
import { NativeSelect } from '../design/native-select.tsx'
import { TextField } from '../design/text-field.tsx'
import { everyoneQuery } from '../everyone-query.ts'
import { useOrganization } from '../session.ts'
import type { KeyStatus } from './key.ts'
import { seesAllKeys } from './keys-query.ts'
import { type KeysSearch, statusNames } from './search.ts'

const statusOptions = [
  { value: 'any', label: 'Any status' } as const,
  ...(Object.keys(statusNames) as KeyStatus[]).map((value) => ({ value, label: statusNames[value] })),
]

/** Which keys are shown; the address has it, so that it can be sent to others and survives going elsewhere and back. */
export function KeysFilters({ search }: { readonly search: KeysSearch }) {
  const organization = useOrganization()
  const navigate = useNavigate({ from: '/settings/api-keys' })
  const [words, setWords] = useState(search.q ?? '')
  const [told, setTold] = useState(search.q)
  if (told !== search.q) {
    setTold(search.q)
    setWords(search.q ?? '')
  }
  const change = (changed: { [Name in keyof KeysSearch]: KeysSearch[Name] | undefined }) =>
    void navigate({ search: (before) => withoutAbsent({ ...before, ...changed }), replace: true })
  const filtered = Object.keys(search).length > 0

  useEffect(() => {
    if (words === (told ?? '')) return
    const timer = setTimeout(() => change({ q: words.slice(0, 100) || undefined }), 250)
    return () => clearTimeout(timer)
  })

  return (
    <search className="mb-4 flex flex-wrap items-end gap-3" aria-label="Keys">
      <TextField
        label="Search"
        type="search"
        autoComplete="off"
        placeholder="Name or last four"
        className="w-full sm:w-56"
        value={words}
        onValueChange={setWords}
      />
      <NativeSelect
        label="Status"
        options={statusOptions}
        value={search.status ?? 'any'}
        onValueChange={(status) => change({ status: status === 'any' ? undefined : status })}
      />
      {seesAllKeys(organization) && <OwnerFilter member={search.member} onChange={(member) => change({ member })} />}
      {filtered && (
        <Button
          variant="quiet"
          onClick={() => {
            setWords('')
            change({ q: undefined, status: undefined, member: undefined })
          }}
        >
          Show all
        </Button>
      )}
    </search>
  )
}

interface OwnerFilterProps {
  readonly member: string | undefined
  readonly onChange: (member: string | undefined) => void
}

function OwnerFilter({ member, onChange }: OwnerFilterProps) {
  const { data: owners = [] } = useQuery(everyoneQuery(useOrganization()))
  const options = [
    { value: 'anyone', label: 'Anyone' },
    ...owners.map(({ id, name, email }) => ({ value: id, label: `${isolated(name)} (${email})` })),
    // Someone who left, or is not read yet.
    ...(member !== undefined && !owners.some(({ id }) => id === member) ? [{ value: member, label: 'Another member' }] : []),
  ]
  return (
    <NativeSelect
      label="Owner"
      options={options}
      value={member ?? 'anyone'}
      onValueChange={(chosen) => onChange(chosen === 'anyone' ? undefined : chosen)}
    />
  )
}

function withoutAbsent(search: { readonly [Name in keyof KeysSearch]: KeysSearch[Name] | undefined }): KeysSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}

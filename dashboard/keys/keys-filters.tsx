import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { isolated } from '../design/isolated.ts'
import { NativeSelect } from '../design/native-select.tsx'
import { TextField } from '../design/text-field.tsx'
import { everyoneQuery } from '../everyone-query.ts'
import { useOrganization } from '../session.ts'
import { seesAllKeys } from './keys-query.ts'
import { expiryNames, type KeysSearch, statusNames, useNames, withoutSecrets } from './search.ts'

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
  const showAll = useShowAll()

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
        className="w-full sm:w-50"
        value={words}
        onValueChange={(value) => setWords(withoutSecrets(value))}
      />
      <Filter
        label="Status"
        // So it is on the server, where one of the last two is chosen.
        any={search.expires === undefined && search.used === undefined ? 'Any status' : 'Live'}
        names={statusNames}
        value={search.status}
        onChange={(status) => change({ status })}
      />
      {seesAllKeys(organization) && <OwnerFilter member={search.member} onChange={(member) => change({ member })} />}
      <Filter label="Expires" any="Any time" names={expiryNames} value={search.expires} onChange={(expires) => change({ expires })} />
      <Filter label="Last used" any="Any time" names={useNames} value={search.used} onChange={(used) => change({ used })} />
      {Object.keys(search).length > 0 && (
        <Button
          variant="quiet"
          onClick={() => {
            setWords('')
            showAll()
          }}
        >
          Show all
        </Button>
      )}
    </search>
  )
}

/** Takes back whatever the list is narrowed by; the focus stays at what narrows it. */
export function useShowAll(): () => void {
  const navigate = useNavigate({ from: '/settings/api-keys' })
  return () => {
    void navigate({ search: {}, replace: true })
    document.querySelector<HTMLElement>('search select')?.focus()
  }
}

interface FilterProps<Name extends string> {
  readonly label: string
  /** What stands for no choice. */
  readonly any: string
  readonly names: Readonly<Record<Name, string>>
  readonly value: Name | undefined
  readonly onChange: (value: Name | undefined) => void
}

function Filter<Name extends string>({ label, any, names, value, onChange }: FilterProps<Name>) {
  const options = [
    { value: '', label: any } as const,
    ...(Object.keys(names) as Name[]).map((name) => ({ value: name, label: names[name] })),
  ]
  return (
    <NativeSelect<Name | ''>
      label={label}
      className="min-w-36 flex-1 sm:w-40 sm:flex-none"
      options={options}
      value={value ?? ''}
      onValueChange={(name) => onChange(name || undefined)}
    />
  )
}

interface OwnerFilterProps {
  readonly member: string | undefined
  readonly onChange: (member: string | undefined) => void
}

function OwnerFilter({ member, onChange }: OwnerFilterProps) {
  const { data: owners = [] } = useQuery(everyoneQuery(useOrganization()))
  const names = Object.fromEntries(owners.map(({ id, name, email }) => [id, `${isolated(name)} (${email})`]))
  // Someone who left, or is not read yet.
  if (member !== undefined) names[member] ??= 'Another member'
  return <Filter label="Owner" any="Anyone" names={names} value={member} onChange={onChange} />
}

function withoutAbsent(search: { readonly [Name in keyof KeysSearch]: KeysSearch[Name] | undefined }): KeysSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}

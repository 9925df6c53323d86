import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { PolicyAnswer } from '../../server/organizations/schema.ts'
import { ask, fieldErrors } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Checkbox } from '../design/choices.tsx'
import { AlertDialog } from '../design/dialog.tsx'
import { EntriesField, useEntries } from '../design/entries-field.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { type Policy, policyPath, policyQuery } from '../policy-query.ts'
import { useOrganization } from '../session.ts'
import { changesOf, whatIsStricter } from './policy-changes.ts'
import { PolicySaved } from './policy-saved.tsx'

const numbers = [
  {
    name: 'maxLifetimeDays',
    label: 'Longest lifetime, in days',
    hint: 'How long after its creation a key may expire at most. Empty: as long as it likes.',
    max: 3_650,
  },
  {
    name: 'maxIdleDays',
    label: 'Days without use',
    hint: 'After so many a key is blocked, until an owner or admin lifts it. Empty: never.',
    max: 3_650,
  },
  {
    name: 'maxLiveKeysPerMember',
    label: 'Live keys a member',
    hint: 'Looked at when a key is generated; none that is there is blocked. Empty: as many as the server allows.',
    max: 1_000_000,
  },
] as const

/** The policy to be changed: all of it in one go, and what would block keys only after a question. */
export function PolicyForm({ policy: known }: { readonly policy: Policy }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  // As it was when one began to write: reading it again meanwhile takes nothing away.
  const [policy, setPolicy] = useState(known)
  const [written, setWritten] = useState(() => numbersOf(known))
  const [needsExpiry, setNeedsExpiry] = useState(known.needsExpiry)
  const networks = useEntries('networks', known.networks ?? [])
  const [asked, setAsked] = useState<Partial<Policy>>()
  const [saved, setSaved] = useState(0)

  const save = useMutation({
    mutationFn: (changes: Partial<Policy>) => ask<Static<typeof PolicyAnswer>>('PATCH', policyPath(organization), { body: changes }),
    onSuccess: ({ policy }) => {
      queryClient.setQueryData(policyQuery(organization).queryKey, policy)
      void queryClient.invalidateQueries({ queryKey: ['keys', organization.id] })
      setPolicy(policy)
      setWritten(numbersOf(policy))
      setNeedsExpiry(policy.needsExpiry)
      networks.write((policy.networks ?? []).join('\n'))
      setSaved((count) => count + 1)
    },
    onError: (error) => {
      networks.tell(fieldErrors(error))
      setSaved(0)
    },
    onSettled: () => setAsked(undefined),
  })
  const errors = new Map(fieldErrors(save.error).map(({ path, message }) => [path, message]))
  const isAtFields = networks.problems.length > 0 || numbers.some(({ name }) => errors.has(name))

  function submit() {
    const changes = changesOf(policy, { ...written, needsExpiry, networks: networks.entries })
    if (Object.keys(changes).length === 0) tellDone('Nothing is changed: this is the policy.')
    else if (whatIsStricter(policy, changes).length > 0) setAsked(changes)
    else save.mutate(changes)
  }

  const numberField = ({ name, label, hint, max }: (typeof numbers)[number]) => (
    <TextField
      key={name}
      type="number"
      inputMode="numeric"
      name={name}
      label={label}
      hint={hint}
      min={1}
      max={max}
      step={1}
      autoComplete="off"
      value={written[name]}
      onValueChange={(value) => setWritten((before) => ({ ...before, [name]: value }))}
      error={errors.has(name) && `It ${errors.get(name)}.`}
    />
  )
  return (
    <>
      <Form onSubmit={submit} className="gap-5">
        {numberField(numbers[0])}
        <Checkbox
          label="Every key must expire"
          hint="However late. With a longest lifetime it must anyhow."
          checked={needsExpiry}
          onChange={setNeedsExpiry}
        />
        {numberField(numbers[1])}
        <EntriesField
          label="Networks"
          hint="Where keys may be used from, beside what each of them says itself: one a line, or with commas between. Empty: anywhere. The dashboard is not bound by it."
          placeholder={'10.0.0.0/8\n2001:db8::/32'}
          entries={networks}
        />
        {numberField(numbers[2])}
        <ErrorNotice error={isAtFields ? null : save.error} />
        {saved > 0 && <PolicySaved key={saved} />}
        <div>
          <Button type="submit" busy={save.isPending}>
            Save policy
          </Button>
        </div>
      </Form>
      <AlertDialog
        open={asked !== undefined}
        onClose={() => save.isPending || setAsked(undefined)}
        title="Make the policy stricter?"
        action="Save policy"
        variant="primary"
        busy={save.isPending}
        // What the server found wrong with a field is told there.
        finalFocus={() => document.querySelector<HTMLElement>('[aria-invalid=true]') ?? true}
        onAction={() => asked !== undefined && save.mutate(asked)}
      >
        <ul className="grid list-disc gap-1 pl-5 text-ink">
          {whatIsStricter(policy, asked ?? {}).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p>It holds for all keys of the organization from the moment it is saved: what breaks it fails with its next request.</p>
        <p>No key is changed or deleted. Make the policy looser again, and they are let in again.</p>
      </AlertDialog>
    </>
  )
}

/** The numbers of a policy as they are typed. */
function numbersOf(policy: Policy) {
  const text = (number: number | null) => number?.toString() ?? ''
  return {
    maxLifetimeDays: text(policy.maxLifetimeDays),
    maxIdleDays: text(policy.maxIdleDays),
    maxLiveKeysPerMember: text(policy.maxLiveKeysPerMember),
  }
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Static } from 'typebox'
import type { GeneratedKeyAnswerSchema } from '../../server/keys/schema.ts'
import { type ApiError, ask, dashboardApi, fieldErrors, isApiError } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Checkbox } from '../design/choices.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { EntriesField, useEntries } from '../design/entries-field.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { policyQuery } from '../policy-query.ts'
import { useOrganization } from '../session.ts'
import { allowedChoices, amongChoices, latestDay, whyNotEvery } from './allowed-expiry.ts'
import { askedExpiry, type ChosenExpiry } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { keysOf } from './keys-query.ts'
import { NetworksText } from './networks-text.tsx'
import { OtherOrganizationNotice } from './other-organization-notice.tsx'
import { askedPermissions, type ChosenPermissions, PermissionsField } from './permissions-field.tsx'

type Answer = Static<typeof GeneratedKeyAnswerSchema>

export interface GenerateFormProps {
  /** Gets the secret, which nothing here keeps. */
  readonly onGenerated: (answer: Answer) => void
  readonly onClose: () => void
}

/** Asks what a key shall be, of what the policy and one's role allow. The server decides; this only spares people what it would refuse. */
export function GenerateForm({ onGenerated, onClose }: GenerateFormProps) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const submit = useRef<HTMLButtonElement>(null)
  const { data: policy } = useQuery(policyQuery(organization))
  const [openedAt] = useState(() => new Date())
  const [chosen, setExpiry] = useState<ChosenExpiry>({ choice: '30', date: '' })
  const [permissions, setPermissions] = useState<ChosenPermissions>({ choice: 'all', some: ['documents:read'] })
  const [noneChosen, setNoneChosen] = useState(false)
  const [fromSome, setFromSome] = useState(false)
  const networks = useEntries('networks')
  const [elsewhere, setElsewhere] = useState<ApiError>()
  const choices = allowedChoices(policy)
  const expiry = amongChoices(chosen, choices)

  const generate = useMutation({
    // Answers with nothing: what a mutation answers with, the mutation cache keeps.
    mutationFn: async (name: string) => {
      const asked = askedPermissions(permissions)
      const body = {
        ...{ name, organizationId: organization.id, ...askedExpiry(expiry) },
        ...(asked !== undefined && { permissions: asked }),
        ...(fromSome && { networks: networks.entries }),
      }
      setElsewhere(undefined)
      try {
        onGenerated(await ask<Answer>('POST', `${dashboardApi}/keys`, { body }))
        void queryClient.invalidateQueries({ queryKey: keysOf(organization) })
      } catch (error) {
        if (!isApiError(error, 'other_organization_active')) throw error
        // No failure to the rest of the page, which would follow to the other organization before anyone has chosen.
        setElsewhere(error)
      }
    },
    onError: (error) => {
      networks.tell(fieldErrors(error))
      if (isApiError(error, 'against_policy')) void queryClient.invalidateQueries(policyQuery(organization))
    },
  })

  function submitName(name: string) {
    const none = askedPermissions(permissions)?.length === 0
    setNoneChosen(none)
    if (!none) generate.mutate(name)
  }

  return (
    <Dialog
      open
      // What is under way would make a key whose secret nobody has seen.
      onClose={() => generate.isPending || onClose()}
      title="Generate a key"
      description="It acts as you: it may do what your role allows at that moment, and no more."
    >
      <Form onSubmit={({ name }) => submitName(name!)}>
        <TextField
          label="Name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          placeholder="Nightly import"
          hint="What uses it, and where: it tells keys apart."
        />
        <div className="grid gap-1">
          <p className="font-medium">Organization</p>
          <p className="min-w-0 rounded-md border border-line bg-sunken px-3 py-2">
            <bdi>{organization.name}</bdi>
          </p>
          <p className="text-[0.8125rem] text-soft">The key works in this one alone. For another, switch to it first.</p>
        </div>
        <PermissionsField
          value={permissions}
          missing={noneChosen}
          onValueChange={(value) => {
            setNoneChosen(false)
            setPermissions(value)
          }}
        />
        <ExpiryField
          label="Expires after"
          choices={choices}
          value={expiry}
          onValueChange={setExpiry}
          latest={latestDay(policy?.maxLifetimeDays ?? null, openedAt)}
          whyNotEvery={whyNotEvery(policy)}
        />
        <div className="grid gap-3">
          <Checkbox
            label="Allow it from certain networks only"
            hint={
              policy?.networks && (
                <>
                  The organization’s policy lets keys in from <NetworksText networks={policy.networks} /> alone, whatever else they are
                  allowed.
                </>
              )
            }
            checked={fromSome}
            onChange={setFromSome}
          />
          {fromSome && (
            <EntriesField
              label="Allowed networks"
              hint="One a line, or with commas between. From anywhere else the key is refused."
              placeholder={'10.0.0.0/8\n2001:db8::/32'}
              entries={networks}
              required
            />
          )}
        </div>
        <ErrorNotice error={networks.problems.length > 0 ? null : generate.error} />
        {elsewhere !== undefined && (
          <OtherOrganizationNotice
            error={elsewhere}
            undone="No key was made"
            onBack={() => {
              setElsewhere(undefined)
              submit.current?.focus()
            }}
            onLeave={onClose}
          />
        )}
        <DialogActions>
          <Button variant="secondary" aria-disabled={generate.isPending || undefined} onClick={() => generate.isPending || onClose()}>
            Cancel
          </Button>
          <Button ref={submit} type="submit" busy={generate.isPending}>
            Generate key
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

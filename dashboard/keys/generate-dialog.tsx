import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Static } from 'typebox'
import type { GeneratedKeyAnswerSchema } from '../../server/keys/schema.ts'
import { type ApiError, ask, dashboardApi, isApiError } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { askedExpiry, type ChosenExpiry } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { keysOf } from './keys-query.ts'
import { OtherOrganizationNotice } from './other-organization-notice.tsx'
import { ShownOnce } from './shown-once.tsx'
import { useToldSecret } from './use-told-secret.ts'

const choices = ['7', '30', '60', '90', '365', 'date', 'none'] as const

/** Asks for a key and shows its secret. */
export function GenerateDialog({ onClose }: { readonly onClose: () => void }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const submit = useRef<HTMLButtonElement>(null)
  const [expiry, setExpiry] = useState<ChosenExpiry>({ choice: '30', date: '' })
  const [generated, setGenerated] = useToldSecret()
  const [elsewhere, setElsewhere] = useState<ApiError>()

  const generate = useMutation({
    // Answers with nothing: what a mutation answers with, the mutation cache keeps.
    mutationFn: async (name: string) => {
      const body = { name, organizationId: organization.id, ...askedExpiry(expiry) }
      setElsewhere(undefined)
      try {
        setGenerated(await ask<Static<typeof GeneratedKeyAnswerSchema>>('POST', `${dashboardApi}/keys`, { body }))
        void queryClient.invalidateQueries({ queryKey: keysOf(organization) })
      } catch (error) {
        if (!isApiError(error, 'other_organization_active')) throw error
        // No failure to the rest of the page, which would follow to the other organization before anyone has chosen.
        setElsewhere(error)
      }
    },
  })

  if (generated !== undefined) return <ShownOnce generatedKey={generated.key} secret={generated.secret} onClose={onClose} />
  return (
    <Dialog
      open
      // What is under way would make a key whose secret nobody has seen.
      onClose={() => generate.isPending || onClose()}
      title="Generate a key"
      description="It acts as you: it may do what your role allows at that moment, and no more."
    >
      <Form onSubmit={({ name }) => generate.mutate(name!)}>
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
        <ExpiryField label="Expires after" choices={choices} value={expiry} onValueChange={setExpiry} />
        <ErrorNotice error={generate.error} />
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

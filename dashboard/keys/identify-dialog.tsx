import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Static } from 'typebox'
import type { IdentifiedKeyAnswerSchema } from '../../server/keys/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import { Button, buttonClass } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Fact, Facts } from '../design/facts.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { KeyBadge } from './key-badge.tsx'
import { useNow } from './use-now.ts'

type Identified = Static<typeof IdentifiedKeyAnswerSchema>

/** Tells whose secret a text is that turned up somewhere. The text is in this dialog alone, and goes as soon as it is known. */
export function IdentifyDialog({ onClose }: { readonly onClose: () => void }) {
  const organization = useOrganization()
  const [secret, setSecret] = useState('')
  useEffect(() => {
    // Now, and not when React comes to it: the page may be frozen in the next moment.
    const forget = () => flushSync(() => setSecret(''))
    window.addEventListener('pagehide', forget)
    return () => window.removeEventListener('pagehide', forget)
  }, [])
  const identify = useMutation({
    // Takes nothing: what a mutation was asked with, the mutation cache keeps.
    mutationFn: () => {
      const options = { body: { secret: secret.trim() }, organizationId: organization.id }
      return ask<Identified>('POST', `${dashboardApi}/keys/identify`, options)
    },
    onSuccess: () => setSecret(''),
  })
  if (identify.data !== undefined) return <Found found={identify.data} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title="Whose secret is this?"
      description={
        <>
          For a secret that turned up where it should not be: which key of <bdi>{organization.name}</bdi> it is of, one that has ended too.
        </>
      }
    >
      <Form onSubmit={() => identify.mutate()}>
        <TextField
          label="Secret"
          required
          maxLength={1_000}
          placeholder="leafpad_…"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint="It is kept nowhere. That you asked is in the audit log."
          value={secret}
          onValueChange={setSecret}
        />
        <ErrorNotice error={identify.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={identify.isPending}>
            Find the key
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

function Found({ found: { key, secretNumber }, onClose }: { readonly found: Identified; readonly onClose: () => void }) {
  const now = useNow()
  const secret = key.secrets.find(({ number }) => number === secretNumber)
  const isLetIn = key.status === 'active' && secret !== undefined
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        <>
          It is a secret of “<bdi>{key.name}</bdi>”
        </>
      }
      description={
        isLetIn
          ? 'Who has it is let in. If it may be in wrong hands, revoke the key, or have its owner rotate it with an end at once.'
          : 'Who has it is not let in any more.'
      }
    >
      <div role="status">
        <Facts>
          <Fact label="Key">
            <KeyBadge status={key.status} expiresAt={key.expiresAt} now={now} />
          </Fact>
          <Fact label="Owner">
            <bdi>{key.owner.name ?? 'Account deleted'}</bdi>
          </Fact>
          <Fact label="Secret">
            No. {secretNumber}, {secret === undefined ? 'which has ended' : <span className="font-mono">…{secret.lastFour}</span>}
          </Fact>
        </Facts>
      </div>
      <DialogActions>
        <Button variant="secondary" onClick={onClose}>
          Close
        </Button>
        <Link to="/settings/api-keys/$keyId" params={{ keyId: key.id }} className={buttonClass()}>
          Open the key
        </Link>
      </DialogActions>
    </Dialog>
  )
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Static } from 'typebox'
import type { GeneratedKeyAnswerSchema } from '../../server/keys/schema.ts'
import { ApiError, ask, dashboardApi, isApiError } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { relativeText } from '../design/instant.tsx'
import { NativeSelect } from '../design/native-select.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { ExactInstant } from './exact-instant.tsx'
import type { Key, Secret } from './key.ts'
import { keyHint, keyQuery, keysOf } from './keys-query.ts'
import { LostAnswerNotice } from './lost-answer-notice.tsx'
import { OtherOrganizationNotice } from './other-organization-notice.tsx'
import { secretEnd } from './secret-end.ts'
import { ShownOnce } from './shown-once.tsx'
import { useNow } from './use-now.ts'
import { type ToldSecret, useToldSecret } from './use-told-secret.ts'

/** How long the old secret goes on, in seconds. */
const overlaps = [
  { value: '0', label: 'Not at all: it ends at once' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '24 hours' },
  { value: '604800', label: '7 days' },
  { value: 'by-hand', label: 'Until I end it' },
] as const

type Overlap = (typeof overlaps)[number]['value']

/** Asks how long the old secret goes on, gives the key a new one, and shows it. */
export function RotateDialog({ shownKey, onClose }: { readonly shownKey: Key; readonly onClose: () => void }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const submit = useRef<HTMLButtonElement>(null)
  const { data: key = shownKey } = useQuery(keyQuery(organization, shownKey.id))
  const [overlap, setOverlap] = useState<Overlap>('86400')
  const [rotated, setRotated] = useToldSecret()
  const [replaced, setReplaced] = useState<Secret>()
  const [elsewhere, setElsewhere] = useState<ApiError>()
  /** From the press on, which is before the page shows it: a second one would end what the first has left to go on. */
  const underWay = useRef(false)
  /** What was in use when an answer got lost; from then on a secret that is newer was seen by nobody. */
  const [lost, setLost] = useState<Secret>()
  const [newest, older] = key.secrets as [Secret, Secret?]
  const current = lost !== undefined && older?.number === lost.number ? older : newest

  const rotate = useMutation({
    // Answers with nothing: what a mutation answers with, the mutation cache keeps.
    mutationFn: async () => {
      setElsewhere(undefined)
      setReplaced(current)
      try {
        setRotated(lost === undefined ? await askToRotate({ newestNumber: newest.number }) : await rotateAgain(lost))
      } catch (error) {
        underWay.current = false
        if (isLost(error)) setLost((before) => before ?? current)
        if (!isApiError(error, 'other_organization_active')) throw error
        // No failure to the rest of the page, which would follow to the other organization before anyone has chosen.
        setElsewhere(error)
      } finally {
        // What came of it is told by the key, also where the answer was lost.
        void queryClient.invalidateQueries({ queryKey: keysOf(organization) })
      }
    },
  })

  /** Never ends another secret than the page says: if the key has a newer one than that by now, nothing is done. */
  function askToRotate(rotation: { readonly newestNumber: number; readonly ends?: 'newest' }) {
    const body = { oldEndsInSeconds: overlap === 'by-hand' ? null : Number(overlap), ...rotation }
    const path = `${dashboardApi}/keys/${key.id}/rotate`
    return ask<Static<typeof GeneratedKeyAnswerSchema>>('POST', path, { body, organizationId: organization.id })
  }

  /**
   * Where an answer was lost: of two secrets the one ends that nobody saw. The key is asked for them now, since what the page knows may be of
   * before, and once more if the lost rotation is done in between.
   */
  async function rotateAgain(inUse: Secret, isLast = false): Promise<ToldSecret> {
    const { secrets } = await queryClient.fetchQuery(keyQuery(organization, key.id))
    const newestNumber = secrets[0]!.number
    try {
      return await askToRotate({ newestNumber, ...(newestNumber > inUse.number && { ends: 'newest' }) })
    } catch (error) {
      if (isLast || !isApiError(error, 'rotated_meanwhile')) throw error
      return rotateAgain(inUse, true)
    }
  }

  function submitOnce() {
    if (underWay.current) return
    underWay.current = true
    rotate.mutate()
  }

  if (rotated !== undefined) {
    return <ShownOnce generatedKey={rotated.key} secret={rotated.secret} replaced={replaced} onClose={onClose} />
  }
  return (
    <Dialog
      open
      // What is under way would make a secret that nobody has seen.
      onClose={() => rotate.isPending || onClose()}
      title={
        <>
          Rotate “<bdi>{key.name}</bdi>”
        </>
      }
      description="The key gets a new secret, which you see once. Its id, name, expiry and quota stay; both secrets share the quota."
    >
      <Form onSubmit={submitOnce}>
        {older !== undefined && current === newest && <OlderEnds older={older} />}
        <NativeSelect
          label={
            <>
              How long <span className="font-mono text-[0.8125rem]">{keyHint(current)}</span> goes on
            </>
          }
          value={overlap}
          onValueChange={setOverlap}
          options={overlaps}
        />
        <WhatComes of={key} overlap={overlap} />
        {isLost(rotate.error) ? <LostAnswerNotice error={rotate.error} before={lost} now={key} /> : <ErrorNotice error={rotate.error} />}
        {elsewhere !== undefined && (
          <OtherOrganizationNotice
            error={elsewhere}
            undone="The key was not rotated"
            onBack={() => {
              setElsewhere(undefined)
              submit.current?.focus()
            }}
            onLeave={onClose}
          />
        )}
        <DialogActions>
          <Button variant="secondary" aria-disabled={rotate.isPending || undefined} onClick={() => rotate.isPending || onClose()}>
            Cancel
          </Button>
          <Button ref={submit} type="submit" busy={rotate.isPending}>
            Rotate key
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

/** Whether it may have been done all the same: there was no answer, or one that does not know. */
function isLost(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 'unreachable' || error.status >= 500)
}

/** A key has two secrets at most, so the older of two has to go. */
function OlderEnds({ older }: { readonly older: Secret }) {
  const now = useNow()
  return (
    <Notice tone="warning" title={`Rotating ends ${keyHint(older)} now`}>
      <p>
        A key has at most two secrets, and this one has two. {lastUse(older, now)} What still sends it is refused as soon as the key is
        rotated.
      </p>
    </Notice>
  )
}

function lastUse({ lastUsedAt, lastUsedAddress }: Secret, now: Date): string {
  if (lastUsedAt === null) return 'The older was never used.'
  const at = new Date(lastUsedAt)
  const from = lastUsedAddress === null ? '' : ` from ${lastUsedAddress}`
  return `The older was last used ${relativeText(at, at > now ? at : now)}${from}.`
}

/** What the choice comes to for the secret that is the newest until now. */
function WhatComes({ of: key, overlap }: { readonly of: Key; readonly overlap: Overlap }) {
  const now = useNow()
  if (overlap === '0') {
    return (
      <Notice tone="warning" title="What sends it now is refused at once">
        Choose this when the secret may have leaked. Else leave time to store the new one everywhere.
      </Notice>
    )
  }
  const endsAt = overlap === 'by-hand' ? null : new Date(now.getTime() + Number(overlap) * 1_000).toISOString()
  const at = secretEnd(key, { endsAt })
  return (
    <p className="text-[0.8125rem] text-soft">
      {at === undefined ? (
        'It goes on until it is ended on the page of this key, which tells when it was last used.'
      ) : (
        <>
          Asked for now, it ends {endsAt !== at.toISOString() && 'with the key, '}on{' '}
          <strong className="font-medium text-ink">
            <ExactInstant at={at} />
          </strong>
          {endsAt === null ? ', or when it is ended before.' : '. It can be ended before, on the page of this key.'}
        </>
      )}
    </p>
  )
}

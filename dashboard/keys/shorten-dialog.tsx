import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { policyQuery } from '../policy-query.ts'
import { useOrganization } from '../session.ts'
import { latestDay } from './allowed-expiry.ts'
import { ExactInstant } from './exact-instant.tsx'
import { askedExpiry, type ChosenExpiry, type ExpiryChoice, expiryDays } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import type { Key } from './key.ts'
import { askKey, keyHint } from './keys-query.ts'
import { useKeyChange } from './use-key-change.ts'

const dayMs = 86_400_000

/** Makes a key expire earlier, and tells the instant that the server has set. Where the policy blocks it, it is as early as lets it in again. */
export function ShortenDialog({ shownKey, onClose }: { readonly shownKey: Key; readonly onClose: () => void }) {
  const { data: policy } = useQuery({ ...policyQuery(useOrganization()), enabled: shownKey.status === 'blocked' })
  const [openedAt] = useState(() => new Date())
  const latest = shownKey.expiresAt === null ? undefined : new Date(shownKey.expiresAt)
  const days = policy?.maxLifetimeDays ?? null
  const mendsUntil = days === null ? undefined : new Date(Date.parse(shownKey.createdAt) + days * dayMs)
  // A key that has lived for too long already is mended by nothing; it can still be made to end earlier.
  const isMendable = mendsUntil === undefined || mendsUntil.getTime() - openedAt.getTime() > dayMs
  const until = isMendable && mendsUntil !== undefined && (latest === undefined || mendsUntil < latest) ? mendsUntil : latest
  const leftMs = until === undefined ? Number.POSITIVE_INFINITY : until.getTime() - openedAt.getTime()
  const choices: readonly ExpiryChoice[] = [...expiryDays.filter((days) => Number(days) * dayMs < leftMs), 'date']
  const [chosen, setExpiry] = useState<ChosenExpiry>({ choice: '7', date: '' })
  const expiry = choices.includes(chosen.choice) ? chosen : { ...chosen, choice: choices[0]! }
  const shorten = useKeyChange((organization) => askKey(organization, 'PATCH', shownKey.id, { body: askedExpiry(expiry) }))
  const title = latest === undefined ? 'Set an expiry' : 'Shorten the expiry'
  const description = (
    <>
      <bdi className="font-medium text-ink">{shownKey.name}</bdi> ({keyHint(shownKey)}){' '}
      {latest === undefined ? (
        'does not expire yet.'
      ) : (
        <>
          expires on <ExactInstant at={latest} />.
        </>
      )}
    </>
  )
  if (shorten.data !== undefined) {
    const { expiresAt } = shorten.data
    return (
      <Dialog open onClose={onClose} title={title}>
        <Notice tone="good" alert title="The server has set it">
          {expiresAt !== null && (
            <p>
              The key expires on <ExactInstant at={new Date(expiresAt)} />.
            </p>
          )}
        </Notice>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <Form onSubmit={() => shorten.mutate()}>
        <ExpiryField
          label="Expires after"
          choices={choices}
          value={expiry}
          onValueChange={setExpiry}
          latest={until === mendsUntil ? latestDay(days, new Date(shownKey.createdAt)) : until}
        />
        {mendsUntil !== undefined && <Mends until={isMendable ? mendsUntil : undefined} days={days!} />}
        <p className="text-[0.8125rem] text-soft">An expiry can be made earlier, never later. To end the key at once, revoke it.</p>
        <ErrorNotice error={shorten.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={shorten.isPending}>
            Set expiry
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

/** @param until by when it must expire; undefined: it is too late for that */
function Mends({ until, days }: { readonly until: Date | undefined; readonly days: number }) {
  return (
    <Notice tone="warning" title={`The policy lets a key live for ${days} ${days === 1 ? 'day' : 'days'} at most`}>
      {until === undefined ? (
        'This one has lived that long already, so that no expiry lets it in again. Generate another key.'
      ) : (
        <p>
          If it expires by <ExactInstant at={until} />, it is let in again.
        </p>
      )}
    </Notice>
  )
}

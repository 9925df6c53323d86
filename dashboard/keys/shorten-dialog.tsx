import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { ExactInstant } from './exact-instant.tsx'
import { askedExpiry, type ChosenExpiry, expiryDays } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import type { Key } from './key.ts'
import { askKey, keyHint } from './keys-query.ts'
import { useKeyChange } from './use-key-change.ts'

const dayMs = 86_400_000

/** Makes a key expire earlier, and tells the instant that the server has set. */
export function ShortenDialog({ shownKey, onClose }: { readonly shownKey: Key; readonly onClose: () => void }) {
  const [latest] = useState(() => (shownKey.expiresAt === null ? undefined : new Date(shownKey.expiresAt)))
  const [choices] = useState(() => {
    const leftMs = latest === undefined ? Number.POSITIVE_INFINITY : latest.getTime() - Date.now()
    return [...expiryDays.filter((days) => Number(days) * dayMs < leftMs), 'date'] as const
  })
  const [expiry, setExpiry] = useState<ChosenExpiry>({ choice: choices.includes('7') ? '7' : choices[0]!, date: '' })
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
        <ExpiryField label="Expires after" choices={choices} value={expiry} onValueChange={setExpiry} latest={latest} />
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

import type { ApiError } from '../api.ts'
import { Notice } from '../design/notice.tsx'
import type { Key, Secret } from './key.ts'
import { keyHint } from './keys-query.ts'

export interface LostAnswerNoticeProps {
  readonly error: ApiError
  /** The newest secret when the key was to be rotated. */
  readonly before: Secret | undefined
  /** The key as it is known since. */
  readonly now: Key
}

/** Says what is known of a rotation whose answer did not come, and that one rotates again. */
export function LostAnswerNotice({ error, before, now }: LostAnswerNoticeProps) {
  const [newest] = now.secrets as [Secret]
  if (before === undefined) return null
  const isRotated = newest.number > before.number
  const old = keyHint(before)
  const oldGoesOn = now.secrets.some(({ number }) => number === before.number)
  return (
    <Notice
      tone="danger"
      alert
      title={isRotated ? `It was rotated, but nobody has seen ${keyHint(newest)}` : 'The answer is missing: it may have been rotated'}
    >
      <p>{error.message}</p>
      <p>
        Rotate again for a secret that you see: the key, its name and its quota stay.{' '}
        {isRotated
          ? oldGoesOn && `Until then ${old} is let in as you chose.`
          : `If it was rotated, what you chose holds for ${old} until then, and the secret that nobody saw goes in its turn.`}
      </p>
    </Notice>
  )
}

import type { ApiError } from '../api.ts'
import { Notice } from '../design/notice.tsx'
import type { Key, Secret } from './key.ts'
import { keyHint } from './keys-query.ts'

export interface LostAnswerNoticeProps {
  readonly error: ApiError
  /** The newest secret when the key was to be rotated, which is the one in use. */
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
      tone={isRotated && oldGoesOn ? 'warning' : 'danger'}
      alert
      title={isRotated ? `It was rotated, but nobody has seen ${keyHint(newest)}` : 'The answer is missing: it may have been rotated'}
    >
      <p>{error.message}</p>
      {isRotated && oldGoesOn && (
        <p>
          Nothing is lost: {old} is let in as before. Rotate again for a secret that you see: that ends {keyHint(newest)}, which nobody has,
          and {old} goes on as you choose here.
        </p>
      )}
      {isRotated && !oldGoesOn && (
        <p>{old} has ended, as you chose. Rotate again for a secret that you see: the key, its name and its quota stay.</p>
      )}
      {!isRotated && (
        <p>
          Rotate again for a secret that you see: the key, its name and its quota stay. If it was rotated, the secret that nobody saw ends
          with that, and what you choose here holds for {old}.
        </p>
      )}
    </Notice>
  )
}

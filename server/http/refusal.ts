import type { Refused } from '../admission/verdict.ts'
import { LeafPadError } from '../errors.ts'
import { missingPermission } from '../organizations/member.ts'
import { secondsLeft } from './rate-limit.ts'

/** RFC 6750, section 3.1. */
const challenge = { 'www-authenticate': 'Bearer realm="leafpad", error="invalid_token"' }

/** The answer to a request whose key was refused. Tells why to who has the whole secret, and how to mend it. */
export function refusalError(refused: Refused): LeafPadError {
  switch (refused.code) {
    case 'invalid_key':
      return invalidKey()
    case 'key_revoked': {
      const revokedAt = instant(refused.key.revokedAt)
      return new LeafPadError('key_revoked', {
        detail: `This API key was revoked at ${revokedAt}. Use another one, or generate one in Settings → API Keys.`,
        members: { revokedAt },
        headers: challenge,
      })
    }
    case 'key_expired': {
      const expiredAt = instant(refused.key.expiresAt)
      return new LeafPadError('key_expired', {
        detail: `This API key expired at ${expiredAt}. Generate another one in Settings → API Keys.`,
        members: { expiredAt },
        headers: challenge,
      })
    }
    case 'secret_ended': {
      const endedAt = instant(refused.key.secretEndsAt)
      return new LeafPadError('secret_ended', {
        detail: `This secret of the API key was replaced by a newer one, and ended at ${endedAt}. Use the newer one.`,
        members: { endedAt },
        headers: challenge,
      })
    }
    case 'key_owner_left':
      return new LeafPadError('key_owner_left', {
        detail: 'Whoever generated this API key is no longer a member of its organization. Use a key of a present member.',
        headers: challenge,
      })
    case 'missing_permission':
      return missingPermission(refused.permission, refused.key.role)
    case 'quota_exceeded': {
      const { count } = refused
      const retryAfter = secondsLeft(count)
      return new LeafPadError('quota_exceeded', {
        detail: `This API key has made its ${count.quota} requests of the UTC day ${count.day}. It may make more in ${retryAfter} s, at 00:00 UTC.`,
        members: { quota: count.quota, used: count.used, day: count.day },
        headers: { 'retry-after': `${retryAfter}` },
      })
    }
  }
}

/** The one answer to every secret that is not known. */
export function invalidKey(): LeafPadError {
  return new LeafPadError('invalid_key', {
    detail: 'This API key is not known here. Check that it was copied whole: "leafpad_" and 49 letters and digits.',
    headers: challenge,
  })
}

function instant(ms: number | null): string {
  return new Date(ms ?? 0).toISOString()
}

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
    case 'key_blocked':
      return new LeafPadError('key_blocked', { detail: blocked(refused), members: { reason: refused.reason } })
    case 'network_not_allowed': {
      const whose = refused.by === 'key' ? 'This API key' : 'The policy of the organization'
      return new LeafPadError('network_not_allowed', {
        detail: `${whose} does not allow requests from ${refused.address}. Send it from one of the allowed networks, or have this one added.`,
        members: { address: refused.address, by: refused.by },
      })
    }
    case 'missing_permission':
      return refused.by === 'role' ? missingPermission(refused.permission, refused.key.role) : narrowedKey(refused)
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

type RefusedWith<Code extends Refused['code']> = Extract<Refused, { code: Code }>

/** Which rule of the policy blocks a key, and what lets it in again. */
function blocked({ reason, key }: RefusedWith<'key_blocked'>): string {
  const { maxLifetimeDays, maxIdleDays } = key.limits!
  switch (reason) {
    case 'no_expiry':
      return 'The policy of the organization wants every API key to expire, and this one does not. Give it an expiry, or generate another key.'
    case 'lifetime':
      return `The policy of the organization lets an API key live for ${maxLifetimeDays} days at most, and this one has longer. Make its expiry earlier, or generate another key.`
    case 'idle':
      return `This API key was not used for ${maxIdleDays} days, and so the policy of the organization blocks it. An admin can lift the block.`
  }
}

function narrowedKey({ permission, key }: RefusedWith<'missing_permission'>): LeafPadError {
  return new LeafPadError('missing_permission', {
    detail: `This needs the permission ${permission}, which this API key was not given, though its owner has it. Use or generate a key that has it.`,
    members: { permission, keyPermissions: key.limits!.permissions!.split(' ') },
  })
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

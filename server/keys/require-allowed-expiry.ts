import { blockedBy } from '../admission/limits.ts'
import { LeafPadError } from '../errors.ts'
import type { Policy } from '../organizations/policy.ts'

/** Passes for an expiry with which a key made at `now` is not blocked from the start. Throws `against_policy`, which says what the policy allows. */
export function requireAllowedExpiry(policy: Policy, expiresAt: number | null, now: number): void {
  const reason = blockedBy({ ...policy, createdAt: now, idleSince: now }, expiresAt, now)
  if (reason === undefined) return
  const { maxLifetimeDays } = policy
  const wanted = maxLifetimeDays === null ? 'Write an expiry.' : `Write an expiry that is ${maxLifetimeDays} days away at most.`
  throw new LeafPadError('against_policy', {
    detail: `The policy of the organization ${reason === 'lifetime' ? 'lets no key live that long' : 'wants every key to expire'}. ${wanted}`,
    members: { rule: reason, maxLifetimeDays },
  })
}

import type { Policy } from '../policy-query.ts'

/** A policy as it is written in a form: numbers as they are typed, empty for none. */
export interface WrittenPolicy {
  readonly maxLifetimeDays: string
  readonly needsExpiry: boolean
  readonly maxIdleDays: string
  readonly maxLiveKeysPerMember: string
  readonly networks: readonly string[]
}

/** What of a policy is written otherwise than it is; what is not named stays as it is. */
export function changesOf(policy: Policy, written: WrittenPolicy): Partial<Policy> {
  const wanted: Policy = {
    maxLifetimeDays: numberOrNull(written.maxLifetimeDays),
    needsExpiry: written.needsExpiry,
    maxIdleDays: numberOrNull(written.maxIdleDays),
    maxLiveKeysPerMember: numberOrNull(written.maxLiveKeysPerMember),
    networks: written.networks.length === 0 ? null : [...written.networks],
  }
  const names = Object.keys(wanted) as (keyof Policy)[]
  return Object.fromEntries(names.filter((name) => String(wanted[name]) !== String(policy[name])).map((name) => [name, wanted[name]]))
}

/** What some changes forbid that the policy allowed, a sentence each; nothing where they only allow more. */
export function whatIsStricter(policy: Policy, changes: Partial<Policy>): readonly string[] {
  const { maxLifetimeDays, needsExpiry, maxIdleDays, networks } = changes
  const stricter = (most: number | null | undefined, before: number | null): most is number =>
    typeof most === 'number' && (before === null || most < before)
  return [
    stricter(maxLifetimeDays, policy.maxLifetimeDays) &&
      `A key without an expiry, or with a longer life than ${daysText(maxLifetimeDays)}, is blocked.`,
    needsExpiry === true && policy.maxLifetimeDays === null && 'A key without an expiry is blocked.',
    stricter(maxIdleDays, policy.maxIdleDays) && `A key that was not used for ${daysText(maxIdleDays)} is blocked.`,
    networks &&
      (policy.networks === null || policy.networks.some((one) => !networks.includes(one))) &&
      'Requests from any other network than those you wrote are refused.',
  ].filter((sentence) => typeof sentence === 'string')
}

/** `1 day`, `90 days`. */
export function daysText(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

function numberOrNull(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}

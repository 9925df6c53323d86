import { type ChosenExpiry, type ExpiryChoice, expiryDays } from './expiry.ts'
import type { Policy } from './policy-query.ts'

const dayMs = 86_400_000

type ExpiryRules = Pick<Policy, 'maxLifetimeDays' | 'needsExpiry'>

/** What can be chosen for a new key as far as the policy goes; undefined, it is not known yet: everything. The server decides. */
export function allowedChoices(policy: ExpiryRules | undefined): readonly ExpiryChoice[] {
  const { maxLifetimeDays = null, needsExpiry = false } = policy ?? {}
  const days = expiryDays.filter((days) => maxLifetimeDays === null || Number(days) <= maxLifetimeDays)
  // A day is for keys that may not last for a week.
  const offered = days.filter((choice) => choice !== '1' || days.length === 1)
  return [...offered, 'date', ...(maxLifetimeDays === null && !needsExpiry ? (['none'] as const) : [])]
}

/** What was chosen, or in its place the longest time that can be. */
export function amongChoices(chosen: ChosenExpiry, choices: readonly ExpiryChoice[]): ChosenExpiry {
  if (choices.includes(chosen.choice)) return chosen
  const longest = choices.filter((choice) => choice !== 'date' && choice !== 'none').at(-1)
  return { ...chosen, choice: longest ?? 'date' }
}

/** The last day to whose end a key that is made at `from` may live; undefined: there is no longest lifetime. */
export function latestDay(maxLifetimeDays: number | null, from: Date): Date | undefined {
  if (maxLifetimeDays === null) return undefined
  const latest = new Date(from.getTime() + maxLifetimeDays * dayMs)
  latest.setDate(latest.getDate() - 1)
  return latest
}

/** Why not every expiry is offered; undefined where every one is. */
export function whyNotEvery(policy: ExpiryRules | undefined): string | undefined {
  if (policy === undefined) return undefined
  const { maxLifetimeDays, needsExpiry } = policy
  if (maxLifetimeDays !== null)
    return `The organization’s policy lets a key live for ${maxLifetimeDays} ${maxLifetimeDays === 1 ? 'day' : 'days'} at most.`
  return needsExpiry ? 'The organization’s policy wants every key to expire.' : undefined
}

import type { Policy } from '../policy-query.ts'
import { type ChosenExpiry, type ExpiryChoice, expiryDays } from './expiry.ts'

const dayMs = 86_400_000

/** A single day is for shortening. */
const usualDays = expiryDays.filter((days) => days !== '1')

type ExpiryRules = Pick<Policy, 'maxLifetimeDays' | 'needsExpiry'>

/** What can be chosen for a new key as far as the policy goes; undefined, it is not known yet: everything. The server decides. */
export function allowedChoices(policy: ExpiryRules | undefined): readonly ExpiryChoice[] {
  const { maxLifetimeDays: most = null, needsExpiry = false } = policy ?? {}
  if (most === null) return [...usualDays, 'date', ...(needsExpiry ? [] : (['none'] as const))]
  return [...usualDays.filter((days) => Number(days) < most), `${most}`, 'date']
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

import type { Key, Secret } from './key.ts'

/** From when on a secret is refused, as far as that is fixed: at its own end or with its key, whichever is sooner. */
export function secretEnd({ expiresAt }: Pick<Key, 'expiresAt'>, { endsAt }: Pick<Secret, 'endsAt'>): Date | undefined {
  const ends = [expiresAt, endsAt].flatMap((at) => (at === null ? [] : [Date.parse(at)]))
  return ends.length === 0 ? undefined : new Date(Math.min(...ends))
}

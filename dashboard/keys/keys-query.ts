import { hashKey, infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { KeyAnswerSchema, KeyListAnswerSchema } from '../../server/keys/schema.ts'
import { ask, dashboardApi, type Method, type RequestOptions, withQuery } from '../api.ts'
import type { Organization } from '../session.ts'
import type { Key } from './key.ts'
import type { KeysSearch } from './search.ts'

type KeyList = Static<typeof KeyListAnswerSchema>

/** Whether the organization's list has the keys of everyone. */
export function seesAllKeys({ role }: Organization): boolean {
  return role === 'owner' || role === 'admin'
}

/** How a key is told from others of the same name, and a secret of it from the other. */
export function keyHint({ lastFour }: Pick<Key, 'lastFour'>): string {
  return `leafpad_…${lastFour}`
}

/** Where everything known about the keys of an organization is. */
export const keysOf = (organization: Organization) => ['keys', organization.id] as const

/** The keys of an organization, in pages, the newest first. Another tab may have made another organization active: that is an error. */
export function keysQuery(organization: Organization, { status, member, expires, used, q }: KeysSearch) {
  const asked = {
    status,
    memberId: member,
    expiry: expires === 'never' ? 'none' : undefined,
    expiresWithinDays: expires === 'within-14-days' ? 14 : undefined,
    unusedForDays: used && 30,
  }
  const words = q?.trim() || undefined
  const ofThese = [...keysOf(organization), 'list', asked] as const
  return infiniteQueryOptions({
    queryKey: [...ofThese, words],
    queryFn: ({ pageParam, signal }) => {
      const path = withQuery(`${dashboardApi}/keys`, { limit: 50, cursor: pageParam, ...asked, search: words })
      return ask<KeyList>('GET', path, { signal, organizationId: organization.id })
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // While one types, what was found last stays; but nothing of another organization or filter.
    placeholderData: (found, query) => (hashKey(query?.queryKey.slice(0, ofThese.length) ?? []) === hashKey(ofThese) ? found : undefined),
  })
}

/** Asks about one key; `action` comes after its address, such as `/revoke`. */
export function askKey(
  { id: organizationId }: Organization,
  method: Method,
  id: string,
  { action = '', ...options }: RequestOptions & { readonly action?: string } = {},
) {
  return ask<Static<typeof KeyAnswerSchema>>(method, `${dashboardApi}/keys/${encodeURIComponent(id)}${action}`, {
    ...options,
    organizationId,
  })
}

/** One key as the server knows it now. */
export function keyQuery(organization: Organization, id: string) {
  return queryOptions({
    queryKey: [...keysOf(organization), 'one', id],
    queryFn: async ({ signal }) => (await askKey(organization, 'GET', id, { signal })).key,
    staleTime: 0,
    gcTime: 0,
  })
}

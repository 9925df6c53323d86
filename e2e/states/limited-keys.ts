import type { Page } from 'playwright-core'
import { type Acme, ofOwner } from './acme.ts'

/** Adds a key of each kind that is told in the list, once. The policy of Acme is left as it is: what it blocks is told in its place. */
export async function addLimitedKeys(page: Page, acme: Acme): Promise<void> {
  const { world } = acme
  const now = Date.now()
  const day = 86_400_000
  const kinds: readonly Parameters<typeof world.addKey>[0][] = [
    { ...ofOwner(acme), name: 'Endless limits', createdAt: now - 3 * day },
    { ...ofOwner(acme), name: 'Lasting limits', createdAt: now - 50 * day, expiresAt: now + 500 * day },
    { ...ofOwner(acme), name: 'Idle limits', createdAt: now - 44 * day, expiresAt: now + 1 * day },
    {
      ...ofOwner(acme),
      name: 'Reading limits',
      permissions: 'documents:read me:read',
      networks: '10.0.0.0/8 192.168.0.0/16 2001:db8::/32',
    },
    { ...ofOwner(acme), name: 'Near limits', networks: '2001:db8:1111:2222:3333:4444:5555:0/112', used: 3 },
    { ...ofOwner(acme), name: 'Found limits', revokedAt: now - day, revokedBy: null, revokedReason: 'exposed' },
  ]
  const { kysely } = world.database
  const known = await kysely.selectFrom('key').select('id').where('name', '=', 'Endless limits').execute()
  if (known.length === 0) for (const kind of kinds) await world.addKey(kind)
  const reasons = { 'Endless limits': 'no_expiry', 'Lasting limits': 'lifetime', 'Idle limits': 'idle' } as Record<string, string>
  await page.route('**/v1/keys?*', async (route) => {
    const asked = new URL(route.request().url())
    const isBlocked = asked.searchParams.get('status') === 'blocked'
    asked.searchParams.delete('status')
    const response = await route.fetch({ url: asked.href })
    const list = (await response.json()) as { keys: { name: string }[]; nextCursor: string | null }
    const keys = list.keys.map((key) => (key.name in reasons ? { ...key, status: 'blocked', blockReason: reasons[key.name] } : key))
    await route.fulfill({ response, json: { ...list, keys: keys.filter(({ name }) => !isBlocked || name in reasons) } })
  })
}

import type { Page } from 'playwright-core'
import { type Acme, keyIdOf, ofOwner } from './acme.ts'
import { answer, fail, holdToPolicy, refuse, type State, shortenPages, untilRefused } from './state.ts'

const path = '/settings/api-keys'

/** Opens the generate dialog with a name in it. */
async function openGenerate(page: Page, name = 'Staging') {
  await page.getByRole('button', { name: /^Generate/ }).click()
  await page.getByLabel('Name').fill(name)
}

async function generate(page: Page) {
  await openGenerate(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
  await page.getByLabel('Secret', { exact: true }).waitFor()
}

async function choose(page: Page, key: string, action: RegExp) {
  await page.getByRole('button', { name: `Actions for ${key}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
  await page.locator('[role=dialog], [role=alertdialog]').waitFor()
}

export const keyStates: readonly State[] = [
  { name: 'keys, first use', as: 'founder', path, show: (page) => page.getByText('No keys yet').waitFor() },
  { name: 'keys of a viewer, first use', as: 'viewer', path, show: (page) => page.getByText('No keys yet').waitFor() },
  { name: 'keys', as: 'owner', path, closes: true, show: (page) => page.getByRole('row', { name: /Nightly import/ }).waitFor() },
  {
    name: 'whose secret is this',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Whose secret is this?' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'whose secret is this, of no key',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Whose secret is this?' }).click()
      await page.getByLabel('Secret', { exact: true }).fill('leafpad_mistyped')
      await page.getByRole('button', { name: 'Find the key' }).click()
      await page.getByText('This cannot be a secret').waitFor()
    },
  },
  {
    name: 'whose secret is this, found',
    as: 'owner',
    path,
    show: async (page, acme) => {
      await page.getByRole('button', { name: 'Whose secret is this?' }).click()
      await page.getByLabel('Secret', { exact: true }).fill(await acme.world.addSecret(await keyIdOf(acme, 'Help desk'), 7))
      await page.getByRole('button', { name: 'Find the key' }).click()
      await page.getByRole('link', { name: 'Open the key' }).waitFor()
    },
  },
  {
    name: 'keys, loading',
    as: 'owner',
    path,
    before: async (page) => {
      await page.route('**/keys?*', () => {})
    },
    show: async (page) => {
      await page.getByText('Loading the keys').waitFor()
    },
  },
  {
    name: 'keys, the server cannot tell',
    as: 'owner',
    path,
    before: (page) => fail(page, '**/keys?*'),
    show: async (page) => {
      await page.getByText('Request req_').waitFor()
    },
  },
  {
    name: 'keys, more than are shown',
    as: 'owner',
    path,
    before: (page) => shortenPages(page, '**/keys?*'),
    show: (page) => page.getByRole('button', { name: 'Show more' }).waitFor(),
  },
  { name: 'keys, none matches', as: 'owner', path: `${path}?q=nothing`, show: (page) => page.getByText('No key matches').waitFor() },
  { name: 'keys, one status', as: 'owner', path: `${path}?status=owner_left`, show: (page) => page.getByText('1 key.').waitFor() },
  {
    name: 'keys that are blocked or narrowed, and one that was reported',
    as: 'owner',
    path: `${path}?q=limits`,
    before: addLimitedKeys,
    show: async (page) => {
      await page.getByText('from 3 networks').first().click()
      await page.getByText('Reported as leaked').first().waitFor()
    },
  },
  {
    name: 'keys that are blocked',
    as: 'owner',
    path: `${path}?status=blocked`,
    before: addLimitedKeys,
    show: async (page) => {
      await page
        .getByRole('button', { name: /^Actions for Idle limits/ })
        .first()
        .click()
      await page.getByRole('menuitem', { name: 'Lift the block …' }).waitFor()
    },
  },
  {
    name: 'lift a block',
    as: 'owner',
    path,
    closes: true,
    before: addLimitedKeys,
    show: (page) => choose(page, 'Idle limits', /Lift/),
  },
  {
    name: 'lift a block, the server cannot',
    as: 'owner',
    path,
    closes: true,
    before: addLimitedKeys,
    show: async (page) => {
      await refuse(page, '**/lift-idle-block')
      await choose(page, 'Idle limits', /Lift/)
      await page.getByRole('button', { name: 'Lift the block' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'set an expiry that mends a blocked key',
    as: 'owner',
    path,
    before: (page, acme) => Promise.all([addLimitedKeys(page, acme), holdToPolicy(page)]),
    show: async (page) => {
      await choose(page, 'Endless limits', /Set an expiry/)
      await page.getByText('it is let in again').waitFor()
    },
  },
  {
    name: 'shorten an expiry that nothing mends',
    as: 'owner',
    path,
    before: (page, acme) => Promise.all([addLimitedKeys(page, acme), holdToPolicy(page)]),
    show: async (page) => {
      await choose(page, 'Lasting limits', /Shorten/)
      await page.getByText('has lived that long already').waitFor()
    },
  },
  {
    name: 'keys, actions',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Actions for Nightly import' }).click()
      await page.getByRole('menuitem', { name: 'Rename …' }).waitFor()
    },
  },
  {
    name: 'keys, exact time of the last use',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await page
        .getByRole('row', { name: /Nightly import/ })
        .getByRole('button', { name: /ago|just now/ })
        .click()
      await page.locator('[aria-hidden]').getByText('from 203.0.113.7').waitFor()
    },
  },
  { name: 'generate', as: 'owner', path, closes: true, show: (page) => openGenerate(page) },
  {
    name: 'generate, choosing an expiry',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await page.getByRole('combobox', { name: 'Expires after' }).click()
      await page.getByRole('option', { name: 'No expiry' }).waitFor()
    },
  },
  {
    name: 'generate, a date of one’s own',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await chooseExpiry(page, 'On a date …')
      await page.getByLabel('Last day').waitFor()
    },
  },
  {
    name: 'generate, no expiry',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await chooseExpiry(page, 'No expiry')
      await page.getByText('This key never stops by itself').waitFor()
    },
  },
  {
    name: 'generate, without a name',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page, '')
      await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
      await page.locator('[data-invalid]').first().waitFor()
    },
  },
  {
    name: 'generate, one key too many',
    as: 'owner',
    path,
    show: async (page) => {
      const detail =
        'You have 50 live keys in this organization, and 50 are the most one member can have. Revoke one that is not needed any more.'
      await answer(page, '**/keys', 409, { code: 'key_limit_reached', detail })
      await openGenerate(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
      await page.getByText('You have 50 live keys').waitFor()
    },
  },
  {
    name: 'generate, another tab has switched',
    as: 'owner',
    path,
    show: async (page) => {
      const activeOrganization = { id: 'org_other', name: 'Difference Works' }
      await answer(page, '**/keys', 409, { code: 'other_organization_active', detail: 'x', activeOrganization })
      await openGenerate(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
      await page.getByText('No key was made').waitFor()
    },
  },
  {
    name: 'generate, chosen permissions, and none chosen',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await page.getByLabel('Chosen permissions …').check()
      await page.getByLabel('Read documents:read').uncheck()
      await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
      await page.getByText('Choose at least one.').waitFor()
    },
  },
  {
    name: 'generate, permissions that a viewer does not have',
    as: 'viewer',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await page.getByLabel('Chosen permissions …').check()
      await page.getByText('As a viewer you do not have it').waitFor()
    },
  },
  {
    name: 'generate, networks that are none',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await openGenerate(page)
      await page.getByLabel('Allow it from certain networks only').check()
      await page.getByLabel('Allowed networks').fill('10.0.0.0/8\n10.1.2.3/16, the office of the second floor in the other building')
      await page.getByRole('dialog').getByRole('button', { name: 'Generate key' }).click()
      await page.getByText('write 10.1.0.0/16').waitFor()
    },
  },
  {
    name: 'generate, as the policy allows',
    as: 'owner',
    path,
    before: (page) => holdToPolicy(page),
    show: async (page) => {
      await openGenerate(page)
      await page.getByText('lets a key live for 45 days at most').waitFor()
      await page.getByRole('combobox', { name: 'Expires after' }).click()
      await page.getByRole('option', { name: 'On a date …' }).waitFor()
    },
  },
  {
    name: 'generate, as the policy with networks allows',
    as: 'owner',
    path,
    closes: true,
    before: (page) => holdToPolicy(page),
    show: async (page) => {
      await openGenerate(page)
      await chooseExpiry(page, 'On a date …')
      await page.getByText('10.0.0.0/8, 192.168.0.0/16, 2001:db8::/32 and 1 more').waitFor()
    },
  },
  { name: 'shown once, curl', as: 'owner', path, show: generate },
  ...['Node.js', 'GitHub Actions'].map(
    (tab): State => ({
      name: `shown once, ${tab}`,
      as: 'owner',
      path,
      show: async (page) => {
        await generate(page)
        await page.getByRole('tab', { name: tab }).click()
      },
    }),
  ),
  {
    name: 'shown once, copied and tested',
    as: 'owner',
    alone: true,
    path,
    show: async (page) => {
      await generate(page)
      await page.evaluate('navigator.clipboard.writeText = async () => {}')
      await page.getByRole('button', { name: 'Copy' }).first().click()
      await page.getByRole('button', { name: 'Send test request' }).click()
      await page.getByText('200 · Acme · 1,999 left').waitFor()
      await page.getByLabel('I have stored it').check()
    },
  },
  {
    name: 'shown once, nothing can copy and the test fails',
    as: 'owner',
    alone: true,
    path,
    show: async (page) => {
      await generate(page)
      await page.evaluate('navigator.clipboard.writeText = Promise.reject; document.execCommand = () => false')
      await page.getByRole('button', { name: 'Copy' }).first().click()
      await page.getByText('press Ctrl+C').waitFor()
      await page.route('**/me', (route) => route.abort())
      await page.getByRole('button', { name: 'Send test request' }).click()
      await page.getByText('LeafPad cannot be reached').waitFor()
    },
  },
  {
    name: 'shown once, closing without it',
    as: 'owner',
    path,
    show: async (page) => {
      await generate(page)
      await page.keyboard.press('Escape')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'shown once, gone after the page was left',
    as: 'owner',
    alone: true,
    path,
    show: async (page) => {
      await generate(page)
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
      await page.getByText('cannot be shown again').waitFor()
    },
  },
  { name: 'rename a key', as: 'owner', path, closes: true, show: (page) => choose(page, 'Nightly import', /Rename/) },
  { name: 'shorten an expiry', as: 'owner', path, closes: true, show: (page) => choose(page, 'Nightly import', /Shorten/) },
  {
    name: 'rename a key, the server cannot',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/keys/*')
      await choose(page, 'Nightly import', /Rename/)
      await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'shorten an expiry, the server cannot',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/keys/*')
      await choose(page, 'Nightly import', /Shorten/)
      await page.getByRole('button', { name: 'Set expiry' }).click()
      await untilRefused(page)
    },
  },
  { name: 'set an expiry', as: 'owner', path, closes: true, show: (page) => choose(page, 'Mobile app', /Set an expiry/) },
  {
    name: 'an expiry is set',
    as: 'owner',
    path,
    before: async (_page, acme) => {
      await acme.world.addKey({ ...ofOwner(acme), name: 'Brief', expiresAt: Date.now() + 30 * 86_400_000 })
    },
    show: async (page) => {
      await page.getByRole('button', { name: 'Actions for Brief' }).first().click()
      await page.getByRole('menuitem', { name: /Shorten/ }).click()
      await page.getByRole('button', { name: 'Set expiry' }).click()
      await page.getByText('The server has set it').waitFor()
    },
  },
  {
    name: 'revoke, in use',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await choose(page, 'Nightly import', /Revoke/)
      await page.getByText('312 requests today').waitFor()
    },
  },
  {
    name: 'revoke, the server cannot',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/keys/*/revoke')
      await choose(page, 'Nightly import', /Revoke/)
      await page.getByRole('button', { name: 'Revoke key' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'revoke, never used',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await choose(page, 'Laptop', /Revoke/)
      await page.getByText('It was never used.').waitFor()
    },
  },
  {
    name: 'revoke, in words of one’s own',
    as: 'owner',
    path,
    closes: true,
    show: async (page) => {
      await choose(page, 'Laptop', /Revoke/)
      await page.getByLabel('Reason').selectOption('Something else …')
      await page.getByLabel('In your own words').fill('The laptop was stolen')
    },
  },
  {
    name: 'revoked',
    as: 'owner',
    path,
    before: async (_page, acme) => {
      await acme.world.addKey({ ...ofOwner(acme), name: 'Doomed' })
    },
    show: async (page) => {
      await page.getByRole('button', { name: 'Actions for Doomed' }).first().click()
      await page.getByRole('menuitem', { name: /Revoke/ }).click()
      await page.getByRole('button', { name: 'Revoke key' }).click()
      await page.getByText('No request with this key is accepted').waitFor()
    },
  },
]

async function chooseExpiry(page: Page, option: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Expires after' }).click()
  await page.getByRole('option', { name: option }).click()
  await page.getByRole('listbox').waitFor({ state: 'detached' })
}

/** Adds a key of each kind that is told in the list, once. The policy of Acme is left as it is: what it blocks is told in its place. */
async function addLimitedKeys(page: Page, acme: Acme): Promise<void> {
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

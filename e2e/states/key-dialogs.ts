import type { Page } from 'playwright-core'
import { keyIdOf, ofOwner } from './acme.ts'
import { addLimitedKeys } from './limited-keys.ts'
import { answer, holdToPolicy, refuse, type State, untilRefused } from './state.ts'

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

/** The dialogs above the list of keys. */
export const keyDialogStates: readonly State[] = [
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

import type { Page } from 'playwright-core'
import { type Acme, keyPath, ofOwner } from './acme.ts'
import { answer, fail, hold, refuse, type State, untilRefused } from './state.ts'

const path = '/settings/api-keys'

const ofOneSecret = keyPath('Nightly import')
const ofTwoSecrets = keyPath('Newsletter')
const ofAlan = keyPath('Help desk')
const ofGrace = keyPath('Website search')

/** One key alone, and what is done with it. */
const oneKey = '**/api/dashboard/v1/keys/key_*'
const rotation = `${oneKey}/rotate`
const history = [`${oneKey}/use`, `${oneKey}/requests`, '**/api/dashboard/v1/audit?*']

async function openRotate(page: Page) {
  await page.getByRole('button', { name: 'Rotate …' }).click()
  await page.getByRole('dialog').waitFor()
}

/** A key of its own for each time: once rotated it is another one. */
async function toBeRotated(_page: Page, acme: Acme) {
  await acme.world.addKey({ ...ofOwner(acme), name: 'Rotated', expiresAt: Date.now() + 30 * 86_400_000 })
}

/** Rotates the newest key of that name from the list. */
async function rotate(page: Page, overlap?: string) {
  await page.getByRole('button', { name: 'Actions for Rotated' }).first().click()
  await page.getByRole('menuitem', { name: 'Rotate …' }).click()
  if (overlap !== undefined) await page.getByLabel(/^How long/).selectOption(overlap)
  await page.getByRole('button', { name: 'Rotate key' }).click()
  await page.getByLabel('Secret', { exact: true }).waitFor()
}

export const keyPageStates: readonly State[] = [
  {
    name: 'key',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await page.getByRole('heading', { name: 'Nightly import', level: 1 }).waitFor()
      await page.getByRole('listitem', { name: /^leafpad_…/ }).waitFor()
    },
  },
  {
    name: 'key, rotate',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await openRotate(page)
      await page.getByText('Asked for now, it ends').waitFor()
    },
  },
  {
    name: 'key, rotate with an end at once',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await openRotate(page)
      await page.getByLabel(/^How long/).selectOption('Not at all: it ends at once')
      await page.getByText('is refused at once').waitFor()
    },
  },
  {
    name: 'key, rotate with no end',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await openRotate(page)
      await page.getByLabel(/^How long/).selectOption('Until I end it')
      await page.getByText('or when it is ended before').waitFor()
    },
  },
  {
    name: 'key, rotate, the server cannot',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await answer(page, rotation, 409, { code: 'key_not_live', detail: 'This key is not let in any more: it was revoked.' })
      await openRotate(page)
      await page.getByRole('button', { name: 'Rotate key' }).click()
      await page.getByRole('alert').getByText('it was revoked').waitFor()
    },
  },
  {
    name: 'key, rotate, the answer is lost',
    as: 'owner',
    path: ofOneSecret,
    closes: true,
    show: async (page) => {
      await page.route(rotation, (route) => route.abort())
      await openRotate(page)
      await page.getByRole('button', { name: 'Rotate key' }).click()
      await page.getByText('The answer is missing').waitFor()
    },
  },
  {
    name: 'key, rotate, the answer is lost and nobody has seen the secret',
    as: 'owner',
    path: keyPath('Lost'),
    before: async (_page, acme) => {
      await acme.world.addKey({ ...ofOwner(acme), name: 'Lost' })
    },
    show: async (page) => {
      await page.route(rotation, async (route) => {
        await route.fetch()
        await route.abort()
      })
      await openRotate(page)
      await page.getByRole('button', { name: 'Rotate key' }).click()
      await page.getByText('Nothing is lost').waitFor()
    },
  },
  {
    name: 'key, rotate, another tab has switched',
    as: 'owner',
    path: ofOneSecret,
    show: async (page) => {
      const activeOrganization = { id: 'org_other', name: 'Difference Works' }
      await answer(page, rotation, 409, { code: 'other_organization_active', detail: 'x', activeOrganization })
      await openRotate(page)
      await page.getByRole('button', { name: 'Rotate key' }).click()
      await page.getByText('The key was not rotated').waitFor()
    },
  },
  {
    name: 'key, two secrets',
    as: 'owner',
    path: ofTwoSecrets,
    closes: true,
    show: (page) => page.getByRole('button', { name: /^End now: / }).waitFor(),
  },
  {
    name: 'key, rotate with two secrets',
    as: 'owner',
    path: ofTwoSecrets,
    closes: true,
    show: async (page) => {
      await openRotate(page)
      await page.getByText(/^Rotating ends leafpad_….... now$/).waitFor()
    },
  },
  {
    name: 'key, end a secret, the server cannot',
    as: 'owner',
    path: ofTwoSecrets,
    show: async (page) => {
      await refuse(page, `${oneKey}/secrets/*/end`)
      await page.getByRole('button', { name: /^End now: / }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'key, a secret is ended',
    as: 'owner',
    path: keyPath('Ended'),
    before: async (_page, acme) => {
      await acme.world.addKey({ ...ofOwner(acme), name: 'Ended', oldEndsAt: null })
    },
    show: async (page) => {
      await page.getByRole('button', { name: /^End now: / }).click()
      await page.getByRole('alert').getByText('has ended').waitFor()
    },
  },
  {
    name: 'key of somebody else, two secrets',
    as: 'owner',
    path: ofAlan,
    show: async (page) => {
      await page.getByRole('button', { name: /^End now: / }).waitFor()
      await page.getByText('can rotate it').waitFor()
    },
  },
  { name: 'key, its day used up', as: 'owner', path: keyPath('Mobile app'), show: (page) => page.getByText('2,000 / 2,000').waitFor() },
  ...(
    [
      ['expired', 'Old pipeline', 'Expired'],
      ['revoked', 'Leaked in a log', 'Revoked'],
      ['owner left', 'Report of the week', 'Owner left'],
    ] as const
  ).map(
    ([name, key, status]): State => ({
      name: `key, ${name}`,
      as: 'owner',
      path: keyPath(key),
      show: (page) => page.getByText(status, { exact: true }).first().waitFor(),
    }),
  ),
  {
    name: 'key, loading',
    as: 'owner',
    path: ofOneSecret,
    before: (page) => hold(page, oneKey),
    show: (page) => page.getByText('Loading the key').waitFor(),
  },
  {
    name: 'key, the server cannot tell',
    as: 'owner',
    path: ofOneSecret,
    before: (page) => fail(page, oneKey),
    show: (page) => page.getByText('Request req_').waitFor(),
  },
  {
    name: 'key, not found',
    as: 'owner',
    path: `${path}/key_0000000000000000000000`,
    show: (page) => page.getByText('There is no such key').waitFor(),
  },
  {
    name: 'key of somebody else, as a viewer',
    as: 'viewer',
    path: ofAlan,
    show: (page) => page.getByText('There is no such key').waitFor(),
  },
  {
    name: 'key, used for weeks',
    as: 'owner',
    path: ofGrace,
    closes: true,
    show: async (page) => {
      await page.getByText('Today’s quota, 2,000').waitFor()
      await page.getByRole('list', { name: 'History' }).waitFor()
      await page.getByRole('table', { name: 'Last requests' }).waitFor()
    },
  },
  {
    name: 'key, use by hour, all requests',
    as: 'owner',
    path: ofGrace,
    show: async (page) => {
      await page.getByRole('tab', { name: '48 hours' }).click()
      await page.getByRole('tabpanel', { name: '48 hours' }).getByText('The figures as a table').click()
      await page.getByRole('button', { name: 'Show all 24' }).click()
      await page.getByRole('button', { name: /^Copy request id req_00/ }).waitFor()
    },
  },
  {
    name: 'key, use by day as a table',
    as: 'owner',
    path: ofGrace,
    show: async (page) => {
      await page.getByText('The figures as a table').click()
      await page.getByRole('rowheader', { name: 'Together' }).waitFor()
    },
  },
  { name: 'key, never used', as: 'owner', path: keyPath('Laptop'), show: (page) => page.getByText('Not used yet.').waitFor() },
  {
    name: 'key, its history is loading',
    as: 'owner',
    path: ofGrace,
    before: async (page) => {
      for (const url of history) await hold(page, url)
    },
    show: async (page) => {
      for (const what of ['use', 'requests', 'history']) await page.getByText(`Loading the ${what} …`).waitFor()
    },
  },
  {
    name: 'key, the server cannot tell its history',
    as: 'owner',
    path: ofGrace,
    before: async (page) => {
      for (const url of history) await fail(page, url)
    },
    show: (page) => page.getByText('Request req_').nth(2).waitFor(),
  },
  { name: 'rotated, shown once', as: 'owner', path, before: toBeRotated, show: (page) => rotate(page) },
  {
    name: 'rotated, the old one at once',
    as: 'owner',
    path,
    before: toBeRotated,
    show: (page) => rotate(page, 'Not at all: it ends at once'),
  },
  {
    name: 'rotated, closing without it',
    as: 'owner',
    path,
    before: toBeRotated,
    show: async (page) => {
      await rotate(page)
      await page.keyboard.press('Escape')
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'rotated, gone after the page was left',
    as: 'owner',
    alone: true,
    path,
    before: toBeRotated,
    show: async (page) => {
      await rotate(page)
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
      await page.getByText('cannot be shown again').waitFor()
    },
  },
]

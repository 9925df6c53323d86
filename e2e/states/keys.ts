import { keyDialogStates } from './key-dialogs.ts'
import { addLimitedKeys } from './limited-keys.ts'
import { fail, type State, shortenPages } from './state.ts'

const path = '/settings/api-keys'

export const keyStates: readonly State[] = [
  { name: 'keys, first use', as: 'founder', path, show: (page) => page.getByText('No keys yet').waitFor() },
  { name: 'keys of a viewer, first use', as: 'viewer', path, show: (page) => page.getByText('No keys yet').waitFor() },
  { name: 'keys', as: 'owner', path, closes: true, show: (page) => page.getByRole('row', { name: /Nightly import/ }).waitFor() },
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
    name: 'keys, their dialogs are not to be had',
    as: 'owner',
    alone: true,
    path,
    before: (page) => page.route('**/assets/key-dialogs-*', (route) => route.abort()),
    show: async (page) => {
      await page.getByRole('button', { name: 'Generate key' }).click()
      await page.getByText('A part of this page could not be loaded').waitFor()
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
    name: 'keys, those that expire soon',
    as: 'owner',
    path: `${path}?expires=within-14-days`,
    show: (page) => page.getByRole('row', { name: /Laptop/ }).waitFor(),
  },
  {
    name: 'keys, none matches by all filters',
    as: 'owner',
    path: ({ memberId }) =>
      `${path}?status=revoked&member=${memberId}&expires=within-14-days&used=not-for-30-days&q=${'nothing'.repeat(14)}`,
    show: (page) => page.getByText('There is no revoked key of Ada Lovelace').waitFor(),
  },
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
  ...keyDialogStates,
]

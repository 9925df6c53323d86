import type { Page } from 'playwright-core'
import { fail, hold, holdToPolicy, refuse, type State, shortenPages, strictPolicy, switchElsewhere, untilRefused } from './state.ts'

const members = '/settings/members'
const organization = '/settings/organization'

async function invite(page: Page, email: string) {
  await page.getByRole('button', { name: 'Invite a member' }).click()
  await page.getByLabel('E-mail address').fill(email)
}

async function savePolicy(page: Page) {
  await page.getByRole('button', { name: 'Save policy' }).click()
}

async function confirmStricter(page: Page) {
  await page.getByRole('alertdialog').getByRole('button', { name: 'Save policy' }).click()
  await page.getByRole('alertdialog').waitFor({ state: 'detached' })
}

export const organizationStates: readonly State[] = [
  { name: 'members', as: 'owner', path: members, closes: true, show: (page) => page.getByText('linus@example.com').waitFor() },
  { name: 'members, alone', as: 'founder', path: members, show: (page) => page.getByText('Nobody is invited').waitFor() },
  { name: 'members, seen by a viewer', as: 'viewer', path: members, show: (page) => page.getByText('Grace Hopper').waitFor() },
  {
    name: 'members, loading',
    as: 'owner',
    path: members,
    before: async (page) => {
      await hold(page, '**/organizations/*/members')
      await hold(page, '**/organizations/*/invitations')
    },
    show: async (page) => {
      await page.getByText('Loading the members').waitFor()
    },
  },
  {
    name: 'members, the server cannot tell',
    as: 'owner',
    path: members,
    before: (page) => fail(page, '**/organizations/*/members'),
    show: async (page) => {
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'members, more than are shown',
    as: 'owner',
    path: members,
    closes: true,
    before: (page) => shortenPages(page, '**/organizations/*/members'),
    show: (page) => page.getByRole('button', { name: 'Show more' }).waitFor(),
  },
  {
    name: 'members, all of them after more than one page',
    as: 'owner',
    path: members,
    before: (page) => shortenPages(page, '**/organizations/*/members'),
    show: async (page) => {
      const more = page.getByRole('button', { name: 'Show more' })
      // Asked for with what shortens it, which the router does not wait for.
      await more.waitFor()
      await page.unrouteAll({ behavior: 'wait' })
      await more.click()
      await page.getByText('That is all.').waitFor()
    },
  },
  {
    name: 'invite',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await invite(page, 'margaret@example.com')
      await page.getByRole('combobox', { name: 'Role' }).click()
      await page.getByRole('option', { name: /^Viewer/ }).waitFor()
    },
  },
  {
    name: 'invite, a member already',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await invite(page, 'grace@example.com')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByText('is a member of the organization already').waitFor()
    },
  },
  {
    name: 'the link of an invitation',
    as: 'owner',
    path: members,
    show: async (page) => {
      await invite(page, 'margaret@example.com')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByText('The invitation is made').waitFor()
    },
  },
  {
    name: 'cancel an invitation',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Cancel invitation of linus@example.com' }).click(),
  },
  {
    name: 'cancel an invitation, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/invitations/*')
      await page.getByRole('button', { name: 'Cancel invitation of linus@example.com' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel invitation' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'change a role',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Change role of Grace Hopper' }).click(),
  },
  {
    name: 'change a role, the last owner',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Change role of yours' }).click()
      await page.getByRole('combobox', { name: 'Role' }).click()
      await page.getByRole('option', { name: /^Admin/ }).click()
      await page.getByRole('listbox').waitFor({ state: 'detached' })
      await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click()
      await page.getByText('This is the last owner').waitFor()
    },
  },
  {
    name: 'remove a member, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/members/*')
      await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'remove a member',
    as: 'owner',
    path: members,
    closes: true,
    show: (page) => page.getByRole('button', { name: 'Remove Grace Hopper' }).click(),
  },
  {
    name: 'revoke all keys of a member, the server cannot',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/keys/revoke-all')
      await page.getByRole('button', { name: 'Revoke all keys of Grace Hopper' }).click()
      await page.getByLabel('Reason').selectOption('Something else …')
      await page.getByText('2 keys of theirs are active now.').waitFor()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke all keys' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'revoke all keys of a member',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Revoke all keys of Grace Hopper' }).click()
      await page.getByText('2 keys of theirs are active now.').waitFor()
    },
  },
  { name: 'leave', as: 'viewer', path: members, closes: true, show: (page) => page.getByRole('button', { name: 'Leave' }).click() },
  {
    name: 'leave, the last owner',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Leave' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'organization',
    as: 'owner',
    path: organization,
    closes: true,
    show: (page) => page.getByText('Delete the organization').waitFor(),
  },
  {
    name: 'organization, seen by a viewer',
    as: 'viewer',
    path: organization,
    show: (page) => page.getByText('Owners and admins change it').waitFor(),
  },
  {
    name: 'policy, strict, seen by a viewer',
    as: 'viewer',
    path: organization,
    before: (page) => holdToPolicy(page),
    show: (page) => page.getByText('203.0.113.7/32').waitFor(),
  },
  {
    name: 'policy, loading',
    as: 'owner',
    path: organization,
    before: (page) => hold(page, '**/policy'),
    show: (page) => page.getByText('Loading the policy').waitFor(),
  },
  {
    name: 'policy, the server cannot tell',
    as: 'owner',
    path: organization,
    before: (page) => fail(page, '**/policy'),
    show: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'policy, errors at their fields',
    as: 'owner',
    path: organization,
    show: async (page) => {
      await page.getByLabel('Longest lifetime, in days').fill('45.5')
      await page.getByLabel('Networks', { exact: true }).fill('10.0.0.1/8')
      await savePolicy(page)
      await page.locator('[data-invalid]').first().waitFor()
      await page.getByLabel('Longest lifetime, in days').fill('')
      await savePolicy(page)
      await confirmStricter(page)
      await page.getByText('write 10.0.0.0/8').waitFor()
    },
  },
  {
    name: 'policy, stricter',
    as: 'owner',
    path: organization,
    closes: true,
    before: (page) => holdToPolicy(page),
    show: async (page) => {
      await page.getByLabel('Longest lifetime, in days').fill('10')
      await page.getByLabel('Days without use').fill('1')
      await page.getByLabel('Networks', { exact: true }).fill('10.0.0.0/8')
      await savePolicy(page)
      await page.getByRole('alertdialog').waitFor()
    },
  },
  {
    name: 'policy, saved',
    as: 'owner',
    path: organization,
    before: async (page) => {
      await page.route('**/policy', (route) => route.fulfill({ json: { policy: strictPolicy } }))
      await page.route('**/keys?status=blocked*', (route) => route.fulfill({ json: { keys: [{}, {}, {}], nextCursor: null } }))
    },
    show: async (page) => {
      await page.getByLabel('Days without use').fill('90')
      await savePolicy(page)
      await page.getByText('3 keys are blocked by it.').waitFor()
    },
  },
  {
    name: 'policy, saved, and it is not known what it blocks',
    as: 'owner',
    path: organization,
    before: async (page) => {
      await page.route('**/policy', (route) => route.fulfill({ json: { policy: strictPolicy } }))
      await fail(page, '**/keys?status=blocked*')
    },
    show: async (page) => {
      await page.getByLabel('Days without use').fill('90')
      await savePolicy(page)
      await page.getByText('Something went wrong on the server').waitFor()
    },
  },
  {
    name: 'policy, the server cannot',
    as: 'owner',
    path: organization,
    show: async (page) => {
      await refuse(page, '**/policy')
      await page.getByLabel('Live keys a member').fill('5')
      await savePolicy(page)
      await untilRefused(page)
    },
  },
  {
    name: 'delete the organization, mistyped',
    as: 'owner',
    path: organization,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Delete organization' }).click()
      await page.getByLabel('Type the name').fill('Acne')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete organization' }).click()
      await page.getByText('This is not the name.').waitFor()
    },
  },
  {
    name: 'delete the organization, the server cannot',
    as: 'owner',
    path: organization,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/v1/organizations/*')
      await page.getByRole('button', { name: 'Delete organization' }).click()
      await page.getByLabel('Type the name').fill('Acme')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete organization' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'rename the organization, the server cannot',
    as: 'owner',
    path: organization,
    closes: true,
    show: async (page) => {
      await refuse(page, '**/v1/organizations/*')
      await page.getByRole('button', { name: 'Rename' }).click()
      await untilRefused(page)
    },
  },
  {
    name: 'organization renamed, and told so',
    as: 'owner',
    path: organization,
    show: async (page) => {
      await page.getByRole('button', { name: 'Rename' }).click()
      // It stays for as long as it is pointed at.
      await page.getByText('The organization is called Acme now.', { exact: true }).hover()
    },
  },
  { name: 'new organization', as: 'owner', path: '/organizations/new', closes: true },
  {
    name: 'new organization, the server cannot',
    as: 'owner',
    path: '/organizations/new',
    show: async (page) => {
      await refuse(page, '**/v1/organizations')
      await page.getByLabel('Name').fill('Acme')
      await page.getByRole('button', { name: 'Create organization' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'in no organization',
    as: 'loner',
    path: '/knowledge-base',
    show: (page) => page.getByText('You are in no organization').waitFor(),
  },
  {
    name: 'choose an organization',
    as: 'owner',
    path: '/knowledge-base',
    before: async (page) => {
      const user = { id: 'user_1', name: 'Ada Lovelace', email: 'ada@example.com' }
      await page.route('**/session', (route) => route.fulfill({ json: { user, organization: null } }))
    },
    show: async (page) => {
      await page.getByText('Choose an organization').waitFor()
    },
  },
  {
    name: 'choose an organization, the server cannot tell',
    as: 'loner',
    path: '/knowledge-base',
    before: (page) => fail(page, '**/v1/organizations?*'),
  },
  {
    name: 'not a member any more',
    as: 'owner',
    path: '/knowledge-base',
    show: async (page) => {
      await switchElsewhere(page, null)
      await page.getByText('You are no longer a member of Acme').waitFor()
    },
  },
  {
    name: 'another tab has switched',
    as: 'owner',
    path: organization,
    show: async (page) => {
      const role = 'admin'
      await switchElsewhere(page, { id: 'org_other', name: 'Difference Works', role, createdAt: new Date().toISOString() })
      await page.getByText('Another tab has switched to Difference Works.', { exact: true }).hover()
    },
  },
  {
    name: 'the organizations',
    as: 'owner',
    path: members,
    closes: true,
    show: async (page) => {
      await page.getByRole('button', { name: 'Organization: Acme' }).click()
      await page.getByRole('menuitemradio', { name: 'Difference Works' }).waitFor()
    },
  },
  {
    name: 'the menu where there is no room for it',
    as: 'owner',
    path: members,
    show: async (page) => {
      const menu = page.getByRole('button', { name: 'Menu', exact: true })
      // There is room where the window is wide.
      if (await menu.isVisible()) await menu.click()
    },
  },
]

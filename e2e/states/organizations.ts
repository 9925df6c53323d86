import { fail, refuse, type State, switchElsewhere, untilRefused } from './state.ts'

const members = '/settings/members'
const organization = '/settings/organization'

export const organizationStates: readonly State[] = [
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

import type { Page } from 'playwright-core'
import { answer, hold, refuse, type State, untilRefused } from './state.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

const acme = { id: 'org_1', name: 'Acme' }
const key = { id: 'key_1', name: 'Nightly import' }

/** One of each kind, the newest first. */
const everyKind = () => {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  const about = (minutesAgo: number, endsInMs = 30 * dayMs) => ({
    ...{ id: `ntc_${minutesAgo}`, createdAt: at(-minutesAgo * minuteMs), endsAt: at(endsInMs), organization: acme, key },
  })
  return [
    { ...about(1), kind: 'key_exposed', facts: { isOwn: true } },
    { ...about(4, 9 * 3_600_000), kind: 'key_quota', facts: { percent: 80, quota: 2_000 } },
    { ...about(5, 9 * 3_600_000), kind: 'key_quota', facts: { percent: 100, quota: 2_000 } },
    { ...about(90, 3 * dayMs), kind: 'key_expires', facts: { days: 3 } },
    { ...about(100), kind: 'key_generated', facts: { address: '203.0.113.7' } },
    { ...about(200), kind: 'key_revoked', facts: { by: 'Grace Hopper', reason: 'other', note: 'It stood in a log of the CI' } },
    { ...about(3_000), kind: 'keys_revoked', key: null, facts: { count: 3, by: 'Grace Hopper', reason: 'left', note: null } },
    { ...about(9_000), kind: 'key_exposed', facts: { isOwn: false }, key: { id: 'key_2', name: 'x'.repeat(100) } },
  ]
}

/** Has the page be told of some of them. */
async function tell(page: Page, count: number): Promise<void> {
  const notices = everyKind().slice(0, count)
  await page.route('**/v1/session', async (route) => {
    const answered = await route.fetch()
    await route.fulfill({ json: { ...(await answered.json()), notices: notices.length } })
  })
  await page.route('**/v1/notices', (route) => route.fulfill({ json: { notices } }))
}

export const noticeStates: readonly State[] = [
  {
    name: 'notices, one',
    as: 'owner',
    path: '/settings/api-keys',
    before: (page) => tell(page, 1),
    show: (page) => page.getByText('was leaked').waitFor(),
  },
  {
    name: 'notices, of every kind',
    as: 'owner',
    path: '/knowledge-base',
    before: (page) => tell(page, 8),
    show: async (page) => {
      await page.getByRole('button', { name: 'Show 6 more notices' }).click()
      await page.getByText('revoked 3 of your keys').waitFor()
    },
  },
  {
    name: 'opening an organization',
    as: 'owner',
    path: '/organizations/org_1/settings/api-keys',
    before: (page) => hold(page, '**/session/organization'),
    show: (page) => page.getByText('Opening the organization …').waitFor(),
  },
  {
    name: 'opening an organization, that one is not in',
    as: 'owner',
    path: '/organizations/org_1/settings/api-keys/key_1',
    show: (page) => page.getByText('This account is not in the organization').waitFor(),
  },
  {
    name: 'opening an organization, the server cannot',
    as: 'owner',
    path: '/organizations/org_1/settings/api-keys',
    before: (page) => refuse(page, '**/session/organization'),
    show: untilRefused,
  },
  {
    name: 'password forgotten, no mails',
    as: 'nobody',
    path: '/forgot-password',
    show: (page) => page.getByText('This server sends no mails').waitFor(),
  },
  {
    name: 'password forgotten',
    as: 'nobody',
    path: '/forgot-password',
    before: (page) => page.route('**/password-reset', (route) => route.fulfill({ json: { byMail: true } })),
    show: (page) => page.getByRole('button', { name: 'Send the link' }).waitFor(),
  },
  {
    name: 'password forgotten, too many attempts',
    as: 'nobody',
    path: '/forgot-password',
    before: async (page) => {
      await page.route('**/password-reset', (route) => route.fulfill({ json: { byMail: true } }))
      await answer(page, '**/password-reset/mail', 429, { code: 'too_many_requests', detail: 'There were too many attempts.' })
    },
    show: async (page) => {
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'password forgotten, the link is on its way',
    as: 'nobody',
    path: '/forgot-password',
    before: async (page) => {
      await page.route('**/password-reset', (route) => route.fulfill({ json: { byMail: true } }))
      await answer(page, '**/password-reset/mail', 202, { detail: 'On its way.' })
    },
    show: async (page) => {
      await page.getByLabel('E-mail address').fill('ada@example.com')
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByText('is on its way to it').waitFor()
    },
  },
]

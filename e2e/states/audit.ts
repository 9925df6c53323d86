import { fail, hold, refuse, type State, shortenPages, untilRefused } from './state.ts'

const path = '/settings/audit'
const list = '**/api/dashboard/v1/audit?*'

export const auditStates: readonly State[] = [
  { name: 'audit log', as: 'owner', path, closes: true, show: (page) => page.getByText('made the organization').waitFor() },
  {
    name: 'audit log, the download fails',
    as: 'owner',
    path,
    show: async (page) => {
      await refuse(page, '**/api/dashboard/v1/audit/export')
      await page.getByRole('button', { name: 'Download as NDJSON' }).click()
      await untilRefused(page)
    },
  },
  { name: 'audit log, nothing in it', as: 'founder', path, show: (page) => page.getByText('No entry matches').waitFor() },
  {
    name: 'audit log, filtered',
    as: 'owner',
    path: `${path}?action=key.revoked&from=2020-01-01`,
    show: (page) => page.getByText('a secret of it was reported as leaked').waitFor(),
  },
  {
    name: 'audit log, none matches',
    as: 'owner',
    path: `${path}?until=2020-01-01`,
    show: (page) => page.getByText('Show all, or choose').waitFor(),
  },
  {
    name: 'audit log, more than is shown',
    as: 'owner',
    path,
    before: (page) => shortenPages(page, list),
    show: (page) => page.getByRole('button', { name: 'Show more' }).waitFor(),
  },
  {
    name: 'audit log, loading',
    as: 'owner',
    path,
    before: (page) => hold(page, list),
    show: (page) => page.getByText('Loading the audit log').waitFor(),
  },
  {
    name: 'audit log, the server cannot tell',
    as: 'owner',
    path,
    before: (page) => fail(page, list),
    show: (page) => page.getByText('Request req_').waitFor(),
  },
  { name: 'audit log, as a viewer', as: 'viewer', path, show: (page) => page.getByText('is for owners and admins').waitFor() },
]

import { PageHeader } from '../design/page-header.tsx'
import { usePageTitle } from '../page-title.ts'

export function AccountPage() {
  usePageTitle('Account')
  return <PageHeader title="Account" />
}

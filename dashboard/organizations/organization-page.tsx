import { PageHeader } from '../design/page-header.tsx'
import { usePageTitle } from '../page-title.ts'

export function OrganizationPage() {
  usePageTitle('Organization')
  return <PageHeader title="Organization" />
}

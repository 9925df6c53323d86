import { PageHeader } from '../design/page-header.tsx'
import { usePageTitle } from '../page-title.ts'

export function MembersPage() {
  usePageTitle('Members')
  return <PageHeader title="Members" />
}

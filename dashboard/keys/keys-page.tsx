import { PageHeader } from '../design/page-header.tsx'
import { usePageTitle } from '../page-title.ts'

export function KeysPage() {
  usePageTitle('API Keys')
  return <PageHeader title="API Keys" />
}

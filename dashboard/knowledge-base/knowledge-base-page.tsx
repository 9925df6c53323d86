import { PageHeader } from '../design/page-header.tsx'
import { usePageTitle } from '../page-title.ts'

export function KnowledgeBasePage() {
  usePageTitle('Knowledge base')
  return <PageHeader title="Knowledge base" />
}

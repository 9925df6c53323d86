import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Building2 } from 'lucide-react'
import { useEffect } from 'react'
import { Button, buttonClass } from '../design/button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { Notice } from '../design/notice.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { Spinner } from '../design/spinner.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import type { Organization } from '../session.ts'
import { organizationsQuery, useActivateOrganization } from './organizations-query.ts'

/**
 * In place of a page about an organization while none is active.
 * @param lost the organization that the page was about until now
 */
export function ChooseOrganization({ lost }: { readonly lost: Organization | null }) {
  usePageTitle('Choose an organization')
  useEffect(() => {
    // What had the focus is gone.
    if (lost !== null) document.getElementById('content')?.focus()
  }, [lost])
  const { data, error, isPending, refetch } = useInfiniteQuery(organizationsQuery)
  const activate = useActivateOrganization()
  const organizations = data?.pages.flatMap((page) => page.organizations) ?? []
  if (isPending || error !== null) {
    return (
      <>
        <PageHeader title="Choose an organization" />
        <Lost organization={lost} />
        {isPending && <Spinner label="Loading your organizations …" />}
        <ErrorNotice error={error} onRetry={refetch} />
      </>
    )
  }
  if (organizations.length === 0) {
    return (
      <>
        <PageHeader title="Welcome" />
        <Lost organization={lost} />
        <EmptyState
          icon={<Building2 className="size-5" />}
          title="You are in no organization"
          action={
            <Link to="/organizations/new" className={buttonClass()}>
              Create an organization
            </Link>
          }
        >
          Documents and API keys belong to an organization. Create one, or ask a member of another to invite you.
        </EmptyState>
      </>
    )
  }
  return (
    <>
      <PageHeader title="Choose an organization" description="You are a member of these. The one you choose is the one you work in." />
      <Lost organization={lost} />
      <div className="grid gap-4">
        <ErrorNotice error={activate.error} />
        <ul className="grid max-w-md gap-2">
          {organizations.map(({ id, name, role }) => (
            <li key={id}>
              <Button variant="secondary" className="w-full justify-between! py-2 text-left" onClick={() => activate.mutate(id)}>
                <bdi className="min-w-0">{name}</bdi>
                <span className="shrink-0 text-soft">{role}</span>
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}

function Lost({ organization }: { readonly organization: Organization | null }) {
  if (organization === null) return null
  return (
    <div className="mb-6">
      <Notice
        tone="warning"
        alert
        title={
          <>
            You are no longer a member of <bdi>{organization.name}</bdi>
          </>
        }
      >
        You left it, were removed from it, or it was deleted. The API keys that you made in it are refused from that moment on.
      </Notice>
    </div>
  )
}

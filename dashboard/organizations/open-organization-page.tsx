import { getRouteApi, Link, useLocation, useRouter } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { isApiError } from '../api.ts'
import { buttonClass } from '../design/button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { Spinner } from '../design/spinner.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { useSession } from '../session.ts'
import { useActivateOrganization } from './organizations-query.ts'

const route = getRouteApi('/signed-in/organizations/$organizationId/$')

/** Where links of mails and notices lead: makes the organization that they are about the active one, and goes on to the page in it. */
export function OpenOrganizationPage() {
  usePageTitle('Opening an organization')
  const { organizationId, _splat = '' } = route.useParams()
  const query = useLocation({ select: ({ searchStr }) => searchStr })
  const { user, organization } = useSession()
  const router = useRouter()
  const isActive = organization?.id === organizationId
  const goOn = useCallback(() => router.history.replace(`/${_splat.replace(/^[/\\]+/, '')}${query}`), [router, _splat, query])
  const { mutate, error } = useActivateOrganization(goOn)
  const open = useCallback(() => {
    if (isActive) return goOn()
    mutate(organizationId, {
      onSuccess: ({ organization }) =>
        tellDone(
          <>
            You work in <bdi>{organization.name}</bdi> now.
          </>,
        ),
    })
  }, [isActive, goOn, mutate, organizationId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each address; what it changes must not begin it anew
  useEffect(open, [organizationId, _splat, query])
  if (isApiError(error, 'not_found')) {
    return (
      <>
        <PageHeader title="Another organization" />
        <EmptyState
          title="This account is not in the organization"
          action={
            <Link to="/" className={buttonClass()}>
              To the start
            </Link>
          }
        >
          <p>
            The link is about an organization that <bdi>{user.email}</bdi> is no member of, or that was deleted. If you have another
            account, sign in with that one and open the link again.
          </p>
        </EmptyState>
      </>
    )
  }
  return (
    <>
      <PageHeader title="Opening the organization" />
      {error === null ? <Spinner label="Opening the organization …" /> : <ErrorNotice error={error} onRetry={open} />}
    </>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ApiError, ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { sessionQuery, useOrganization } from '../session.ts'

export interface OtherOrganizationNoticeProps {
  /** The API's `other_organization_active`. */
  readonly error: ApiError
  /** What has not come about, such as `No key was made`. */
  readonly undone: string
  /** Called once the organization of this page is the active one again. */
  readonly onBack: () => void
  /** Called when the other one is chosen. */
  readonly onLeave: () => void
}

/** Says that another tab has switched the organization, and lets one choose which is meant. */
export function OtherOrganizationNotice({ error, undone, onBack, onLeave }: OtherOrganizationNoticeProps) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const back = useMutation({
    mutationFn: () => ask('PUT', `${dashboardApi}/session/organization`, { body: { organizationId: organization.id } }),
    onSuccess: onBack,
  })
  const active = error.problem.activeOrganization as { readonly name: string } | null | undefined
  return (
    <>
      <Notice tone="warning" alert title={`${undone}: you work in another organization now`}>
        <p>
          This key is for <bdi className="font-semibold">{organization.name}</bdi>, but another tab has switched to{' '}
          {active ? <bdi className="font-semibold">{active.name}</bdi> : 'none'}. Choose the one that you mean.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="small" variant="secondary" busy={back.isPending} onClick={() => back.mutate()}>
            <span className="min-w-0">
              Back to <bdi>{organization.name}</bdi>
            </span>
          </Button>
          {active && (
            <Button
              size="small"
              variant="secondary"
              onClick={() => {
                void queryClient.invalidateQueries(sessionQuery)
                onLeave()
              }}
            >
              <span className="min-w-0">
                Go on in <bdi>{active.name}</bdi>
              </span>
            </Button>
          )}
        </div>
      </Notice>
      <ErrorNotice error={back.error} />
    </>
  )
}

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useRef } from 'react'
import { ask } from '../api.ts'
import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { AlertDialog, focusAfter } from '../design/dialog.tsx'
import { Instant } from '../design/instant.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Table, TableCell, TableRow } from '../design/table.tsx'
import { tellDone } from '../design/toast.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { type Invitation, invitationsQuery, organizationPath } from './members-query.ts'
import { roleLabel } from './roles.ts'

const columns = [{ label: 'Address' }, { label: 'Role' }, { label: 'Expires' }, { label: 'Actions', hidden: true }]

/** The invitations that nobody has accepted yet, for who may see them. */
export function Invitations() {
  const organization = useOrganization()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    invitationsQuery(organization.id),
  )
  const { opened, open, close } = useOpened<Invitation>()
  const heading = useRef<HTMLHeadingElement>(null)
  const invitations = data?.pages.flatMap((page) => page.invitations) ?? []
  return (
    <section aria-labelledby="invitations" className="grid gap-3">
      <h2 id="invitations" ref={heading} tabIndex={-1} className="w-fit rounded-sm text-base font-semibold">
        Pending invitations
      </h2>
      {isPending && <Spinner label="Loading the invitations …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {data !== undefined && invitations.length === 0 && <p className="text-soft">Nobody is invited at the moment.</p>}
      {invitations.length > 0 && (
        <Table label="Pending invitations" columns={columns}>
          {invitations.map((invitation) => (
            <TableRow key={invitation.id}>
              <TableCell>
                <bdi className="font-medium">{invitation.email}</bdi>
              </TableCell>
              <TableCell label="Role">
                <Badge>{roleLabel(invitation.role)}</Badge>
              </TableCell>
              <TableCell label="Expires">
                <Instant at={invitation.expiresAt} />
              </TableCell>
              <TableCell end>
                <Button
                  variant="danger-quiet"
                  size="small"
                  className="max-sm:-ml-3"
                  aria-label={`Cancel invitation of ${invitation.email}`}
                  onClick={() => open(invitation)}
                >
                  Cancel invitation
                </Button>
              </TableCell>
            </TableRow>
          ))}
        </Table>
      )}
      <ShowMore hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      {opened !== undefined && (
        <CancelDialog key={opened.key} invitation={opened.subject} open={opened.isOpen} onClose={close} heading={heading} />
      )}
    </section>
  )
}

interface CancelDialogProps {
  readonly invitation: Invitation
  readonly open: boolean
  readonly onClose: () => void
  readonly heading: RefObject<HTMLElement | null>
}

function CancelDialog({ invitation, open, onClose, heading }: CancelDialogProps) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => ask('DELETE', `${organizationPath(organization.id)}/invitations/${invitation.id}`),
    onSuccess: async () => {
      await queryClient.invalidateQueries(invitationsQuery(organization.id))
      tellDone('The invitation is cancelled.')
      onClose()
    },
  })
  return (
    <AlertDialog
      open={open}
      onClose={onClose}
      title="Cancel the invitation?"
      action="Cancel invitation"
      cancel="Keep it"
      busy={cancel.isPending}
      onAction={() => cancel.mutate()}
      finalFocus={focusAfter(cancel, () => heading.current)}
    >
      <p>
        The link that was made for <bdi>{invitation.email}</bdi> stops working at once.
      </p>
      <ErrorNotice error={cancel.error} />
    </AlertDialog>
  )
}

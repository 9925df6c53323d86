import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask } from '../api.ts'
import { AlertDialog } from '../design/dialog.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { sessionQuery, useOrganization } from '../session.ts'
import { organizationPath } from './members-query.ts'
import { organizationsQuery } from './organizations-query.ts'

export function LeaveDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const leave = useMutation({
    mutationFn: () => ask('POST', `${organizationPath(organization.id)}/leave`),
    onSuccess: () => Promise.all([queryClient.invalidateQueries(organizationsQuery), queryClient.invalidateQueries(sessionQuery)]),
  })
  return (
    <AlertDialog
      open={open}
      onClose={onClose}
      title={
        <>
          Leave <bdi>{organization.name}</bdi>?
        </>
      }
      action="Leave"
      busy={leave.isPending}
      onAction={() => leave.mutate()}
    >
      <p>You lose access at once, and the API keys that you made in it stop working at the same moment. Documents you added stay.</p>
      <p>To come back you need an invitation, and new keys.</p>
      <ErrorNotice error={leave.error} />
    </AlertDialog>
  )
}

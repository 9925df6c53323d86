import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask } from '../api.ts'
import { AlertDialog, type FinalFocus, focusAfter } from '../design/dialog.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import type { MemberDialogProps } from './change-role-dialog.tsx'
import { invitationsQuery, membersQuery, organizationPath } from './members-query.ts'

/** @param fallback gets the focus once the member's row is gone */
export function RemoveMemberDialog({ member, open, onClose, fallback }: MemberDialogProps & { readonly fallback: FinalFocus }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask('DELETE', `${organizationPath(organization.id)}/members/${member.id}`),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(membersQuery(organization.id)),
        queryClient.invalidateQueries(invitationsQuery(organization.id)),
      ])
      tellDone(
        <>
          <bdi>{member.name}</bdi> is removed.
        </>,
      )
      onClose()
    },
  })
  return (
    <AlertDialog
      open={open}
      onClose={onClose}
      title={
        <>
          Remove <bdi>{member.name}</bdi>?
        </>
      }
      action="Remove"
      busy={remove.isPending}
      onAction={() => remove.mutate()}
      finalFocus={focusAfter(remove, fallback)}
    >
      <p>
        <bdi>{member.email}</bdi> loses access to <bdi>{organization.name}</bdi> at once. Their API keys stop working at the same moment and
        stay listed. Documents they added stay.
      </p>
      <p>Should they be invited again, they need new keys: the old ones never work again.</p>
      <ErrorNotice error={remove.error} />
    </AlertDialog>
  )
}

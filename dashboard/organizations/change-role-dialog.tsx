import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Select } from '../design/select.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { sessionQuery, useOrganization, useSession } from '../session.ts'
import { invitationsQuery, type Member, membersQuery, organizationPath } from './members-query.ts'
import { aRole, roleOptions } from './roles.ts'

export interface MemberDialogProps {
  readonly member: Member
  readonly open: boolean
  readonly onClose: () => void
}

export function ChangeRoleDialog({ member, open, onClose }: MemberDialogProps) {
  const organization = useOrganization()
  const { user } = useSession()
  const queryClient = useQueryClient()
  const [role, setRole] = useState(member.role)
  const isOwn = member.userId === user.id
  const change = useMutation({
    mutationFn: () => ask('PATCH', `${organizationPath(organization.id)}/members/${member.id}`, { body: { role } }),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(membersQuery(organization.id)),
        queryClient.invalidateQueries(invitationsQuery(organization.id)),
        isOwn && queryClient.invalidateQueries(sessionQuery),
      ])
      tellDone(
        <>
          <bdi>{member.name}</bdi> is {aRole(role)} now.
        </>,
      )
      onClose()
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={
        isOwn ? (
          'Change your role'
        ) : (
          <>
            Change the role of <bdi>{member.name}</bdi>
          </>
        )
      }
      description="From then on their keys do no more than the new role may. Invitations they made are cancelled."
    >
      <Form onSubmit={() => (role === member.role ? onClose() : change.mutate())}>
        <Select label="Role" value={role} onValueChange={setRole} options={roleOptions(organization.role)} />
        <ErrorNotice error={change.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={change.isPending}>
            Change role
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

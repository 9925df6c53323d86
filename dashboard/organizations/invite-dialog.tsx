import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Static } from 'typebox'
import type { CreatedInvitationAnswer } from '../../server/organizations/schema.ts'
import { ask } from '../api.ts'
import { Button } from '../design/button.tsx'
import { CopyField } from '../design/copy-field.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Instant } from '../design/instant.tsx'
import { Notice } from '../design/notice.tsx'
import { Select } from '../design/select.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useHold } from '../hold.ts'
import { type Role, useOrganization } from '../session.ts'
import { invitationsQuery, organizationPath } from './members-query.ts'
import { aRole, roleOptions } from './roles.ts'

export interface InviteDialogProps {
  readonly open: boolean
  readonly onClose: () => void
}

/** Makes an invitation, and shows its link this once. */
export function InviteDialog({ open, onClose }: InviteDialogProps) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const [role, setRole] = useState<Role>('member')
  const invite = useMutation({
    mutationFn: ({ email }: { readonly email: string }) =>
      ask<Static<typeof CreatedInvitationAnswer>>('POST', `${organizationPath(organization.id)}/invitations`, { body: { email, role } }),
    onSuccess: () => void queryClient.invalidateQueries(invitationsQuery(organization.id)),
    // The link is in this dialog alone, and gone with it.
    gcTime: 0,
  })
  useHold(open && (invite.isPending || invite.data !== undefined))
  if (invite.data !== undefined) return <InvitationLink {...invite.data} open={open} onClose={onClose} />
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Invite a member"
      description={
        <>
          They join <bdi>{organization.name}</bdi> by a link.
        </>
      }
    >
      <Form onSubmit={({ email }) => invite.mutate({ email: email! })}>
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          hint="The link works for this address alone."
        />
        <Select label="Role" value={role} onValueChange={setRole} options={roleOptions(organization.role)} />
        <ErrorNotice error={invite.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={invite.isPending}>
            Make the link
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

function InvitationLink({ invitation, link, isMailed, open, onClose }: Static<typeof CreatedInvitationAnswer> & InviteDialogProps) {
  const text = useRef<HTMLParagraphElement>(null)
  useEffect(() => text.current?.focus(), [])
  return (
    <Dialog open={open} onClose={onClose} title="The invitation is made">
      <div className="grid gap-4">
        <p ref={text} tabIndex={-1} className="rounded-sm outline-none">
          {isMailed ? (
            <>
              A mail with this link is on its way to <bdi className="font-medium">{invitation.email}</bdi>.
            </>
          ) : (
            <>
              Send this link to <bdi className="font-medium">{invitation.email}</bdi>.
            </>
          )}{' '}
          It makes them {aRole(invitation.role)}, and works until <Instant at={invitation.expiresAt} as="date" />.
        </p>
        <CopyField label="Link" value={link} />
        <Notice tone="warning">
          It is shown this once. Should it get lost, invite the address again: that makes another link, and ends this one.
        </Notice>
        <DialogActions>
          <Button onClick={onClose}>Done</Button>
        </DialogActions>
      </div>
    </Dialog>
  )
}

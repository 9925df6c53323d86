import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { KeyListAnswerSchema, RevokedKeysAnswerSchema } from '../../server/keys/schema.ts'
import { ask, dashboardApi, withQuery } from '../api.ts'
import { AlertDialog } from '../design/dialog.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { ReasonFields } from '../reason-fields.tsx'
import type { RevocationReason } from '../reasons.ts'
import { useOrganization, useSession } from '../session.ts'
import type { MemberDialogProps } from './change-role-dialog.tsx'

/** Revokes all keys that a member has generated, for the reason that is given. */
export function RevokeKeysDialog({ member, open, onClose }: MemberDialogProps) {
  const { id: organizationId } = useOrganization()
  const isOwn = useSession().user.id === member.userId
  const queryClient = useQueryClient()
  const [reason, setReason] = useState<RevocationReason>(isOwn ? 'not_needed' : 'by_admin')
  const [note, setNote] = useState('')
  const { data: active } = useQuery({
    queryKey: ['keys', organizationId, 'active-of', member.id],
    queryFn: ({ signal }) => {
      const path = withQuery(`${dashboardApi}/keys`, { memberId: member.id, status: 'active', limit: 100 })
      return ask<Static<typeof KeyListAnswerSchema>>('GET', path, { signal, organizationId })
    },
    staleTime: 0,
    gcTime: 0,
    enabled: open,
  })
  const revoke = useMutation({
    mutationFn: () => {
      const body = { memberId: member.id, reason, ...(reason === 'other' && { note }) }
      return ask<Static<typeof RevokedKeysAnswerSchema>>('POST', `${dashboardApi}/keys/revoke-all`, { body, organizationId })
    },
    onSuccess: ({ revoked }) => {
      void queryClient.invalidateQueries({ queryKey: ['keys', organizationId] })
      tellDone(
        <>
          {keys(revoked)} of <bdi>{member.name}</bdi> {revoked === 1 ? 'is' : 'are'} revoked.
        </>,
      )
      onClose()
    },
  })
  return (
    <AlertDialog
      open={open}
      onClose={() => revoke.isPending || onClose()}
      title={
        <>
          Revoke all keys of <bdi>{member.name}</bdi>?
        </>
      }
      action="Revoke all keys"
      busy={revoke.isPending}
      onAction={() => revoke.mutate()}
    >
      <p>
        <bdi>{member.email}</bdi> stays a member. No request with a key they have generated here is accepted from that moment on; they can
        generate new ones.
      </p>
      {active !== undefined && (
        <p>
          <strong className="font-semibold text-ink">
            {active.nextCursor === null ? keys(active.keys.length) : 'More than 100 keys'} of theirs{' '}
            {active.keys.length === 1 ? 'is' : 'are'} active now.
          </strong>
        </p>
      )}
      <ReasonFields reason={reason} onReasonChange={setReason} note={note} onNoteChange={setNote} isOwn={isOwn} />
      <p>This cannot be undone.</p>
      <ErrorNotice error={revoke.error} />
    </AlertDialog>
  )
}

function keys(count: number): string {
  if (count === 0) return 'No key'
  return `${count} ${count === 1 ? 'key' : 'keys'}`
}

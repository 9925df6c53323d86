import { useMutation, useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { OrganizationsAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi, isApiError, withQuery } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { PasswordField } from './password-field.tsx'
import { useLeave } from './use-enter.ts'

/** Deletes the account for who knows its password. */
export function DeleteAccountDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const leave = useLeave()
  const remove = useMutation({
    mutationFn: (password: string) => ask('DELETE', `${dashboardApi}/account`, { body: { password } }),
    onSuccess: async () => {
      await leave()
      tellDone('Your account is deleted.')
    },
    gcTime: 0,
  })
  return (
    <Dialog open={open} onClose={onClose} title="Delete your account?">
      <Form onSubmit={({ password }) => remove.mutate(password!)}>
        <Notice tone="danger" title="This cannot be taken back">
          <ul className="list-disc pl-4">
            <li>All your sessions end, and you leave every organization.</li>
            <li>Your API keys, in every organization, are refused from that moment on.</li>
            <li>Invitations that you made stop working. Documents you added stay.</li>
          </ul>
        </Notice>
        <PasswordField />
        <ErrorNotice error={remove.error} />
        {isApiError(remove.error, 'last_owner') && <OwnedOrganization id={String(remove.error.problem.organizationId)} />}
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="danger" busy={remove.isPending}>
            Delete account
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

/** Names the organization that would be left without an owner. */
function OwnedOrganization({ id }: { readonly id: string }) {
  const { data: name } = useQuery({ queryKey: ['organization-name', id], queryFn: ({ signal }) => findName(id, signal) })
  if (name === undefined || name === null) return null
  return (
    <p role="status">
      The organization is <bdi className="font-medium">{name}</bdi>. Switch to it, then go to its members or its settings.
    </p>
  )
}

async function findName(id: string, signal: AbortSignal): Promise<string | null> {
  let cursor: string | null = null
  do {
    const path = withQuery(`${dashboardApi}/organizations`, { limit: 100, cursor })
    const page: Static<typeof OrganizationsAnswer> = await ask('GET', path, { signal })
    const found = page.organizations.find((organization) => organization.id === id)
    if (found !== undefined) return found.name
    cursor = page.nextCursor
  } while (cursor !== null)
  return null
}

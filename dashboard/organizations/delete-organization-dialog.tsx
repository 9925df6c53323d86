import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { sessionQuery, useOrganization } from '../session.ts'
import { organizationPath } from './members-query.ts'
import { organizationsQuery } from './organizations-query.ts'

/** Deletes the organization for who types its name. */
export function DeleteOrganizationDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { id, name } = useOrganization()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [mistyped, setMistyped] = useState(false)
  const remove = useMutation({
    mutationFn: () => ask('DELETE', organizationPath(id)),
    onSuccess: async () => {
      await Promise.all([queryClient.invalidateQueries(organizationsQuery), queryClient.invalidateQueries(sessionQuery)])
      await navigate({ to: '/' })
    },
  })
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={
        <>
          Delete <bdi>{name}</bdi>?
        </>
      }
    >
      <Form
        onSubmit={({ typed }) => {
          const matches = typed!.trim() === name.trim()
          setMistyped(!matches)
          if (matches) remove.mutate()
        }}
      >
        <Notice tone="danger" title="This cannot be taken back">
          <ul className="list-disc pl-4">
            <li>All its documents are deleted, and their public links stop working.</li>
            <li>All its API keys, of every member, are refused from that moment on.</li>
            <li>All members lose access, and invitations stop working. Their accounts stay.</li>
          </ul>
        </Notice>
        <TextField
          label="Type the name of the organization"
          hint={<bdi>{name}</bdi>}
          name="typed"
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={mistyped && 'This is not the name. It must be the same, upper and lower case included.'}
          onValueChange={() => setMistyped(false)}
        />
        <ErrorNotice error={remove.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="danger" busy={remove.isPending}>
            Delete organization
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

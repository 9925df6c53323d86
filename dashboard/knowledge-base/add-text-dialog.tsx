import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { askDocuments, documentsPath, documentsQuery } from './documents-query.ts'
import type { Created } from './upload-file.ts'

export function AddTextDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const add = useMutation({
    mutationFn: ({ text, fileName }: { readonly text: string; readonly fileName: string }) => {
      const body = fileName === '' ? { text } : { text, fileName }
      return askDocuments<Created>('POST', documentsPath, { body, organizationId: organization.id })
    },
    onSuccess: async ({ document }) => {
      await queryClient.invalidateQueries(documentsQuery(organization.id))
      tellDone(
        <>
          <bdi>{document.fileName}</bdi> is added.
        </>,
      )
      onClose()
    },
  })
  return (
    <Dialog open={open} onClose={onClose} title="Add text" description="It is kept as a .txt file." wide>
      <Form onSubmit={({ text, fileName }) => add.mutate({ text: text!, fileName: fileName?.trim() ?? '' })}>
        <TextField label="Text" name="text" rows={8} required autoComplete="off" />
        <TextField
          label="Name (optional)"
          name="fileName"
          autoComplete="off"
          spellCheck={false}
          hint="Such as products.txt; without one it is named after its id."
        />
        <ErrorNotice error={add.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={add.isPending}>
            Add text
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { isApiError } from '../api.ts'
import { AlertDialog, type FinalFocus, focusAfter } from '../design/dialog.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { askDocuments, type Document, documentsPath, documentsQuery } from './documents-query.ts'
import { sizeText } from './format.ts'

export interface DeleteDocumentDialogProps {
  readonly document: Document
  readonly open: boolean
  readonly onClose: () => void
  /** Once the document's row is gone. */
  readonly fallback: FinalFocus
}

export function DeleteDocumentDialog({ document, open, onClose, fallback }: DeleteDocumentDialogProps) {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: async () => {
      try {
        await askDocuments('DELETE', `${documentsPath}/${document.id}`, { organizationId: organization.id })
      } catch (error) {
        // Somebody else was faster: it is gone, which is what was wanted.
        if (!isApiError(error, 'not_found')) throw error
      }
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries(documentsQuery(organization.id))
      tellDone(
        <>
          <bdi>{document.fileName}</bdi> is deleted.
        </>,
      )
      onClose()
    },
  })
  return (
    <AlertDialog
      open={open}
      onClose={onClose}
      title="Delete this document?"
      action="Delete"
      busy={remove.isPending}
      onAction={() => remove.mutate()}
      finalFocus={focusAfter(remove, fallback)}
    >
      <p>
        <bdi className="font-medium text-ink">{document.fileName}</bdi> ({sizeText(document.fileSize)}) is deleted for everybody in{' '}
        <bdi>{organization.name}</bdi>, for good. {document.publicUrl !== null && 'Its public link stops working.'}
      </p>
      <ErrorNotice error={remove.error} />
    </AlertDialog>
  )
}

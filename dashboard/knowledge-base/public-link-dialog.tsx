import { Button } from '../design/button.tsx'
import { CopyField } from '../design/copy-field.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'

export interface PublicLinkDialogProps {
  readonly fileName: string
  readonly publicUrl: string
  readonly open: boolean
  readonly onClose: () => void
}

export function PublicLinkDialog({ fileName, publicUrl, open, onClose }: PublicLinkDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Public link" description={<bdi>{fileName}</bdi>}>
      <CopyField
        label="Link"
        value={publicUrl}
        hint="Whoever has it can download the document, without a key and without an account, until the document is deleted. Treat it like the document."
      />
      <DialogActions>
        <Button onClick={onClose}>Done</Button>
      </DialogActions>
    </Dialog>
  )
}

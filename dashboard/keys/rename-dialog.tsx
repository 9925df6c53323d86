import { Button } from '../design/button.tsx'
import { Dialog, DialogActions } from '../design/dialog.tsx'
import { Form } from '../design/form.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import type { Key } from './key.ts'
import { askKey, keyHint } from './keys-query.ts'
import { useKeyChange } from './use-key-change.ts'

export function RenameDialog({ shownKey, onClose }: { readonly shownKey: Key; readonly onClose: () => void }) {
  const rename = useKeyChange(
    (organization, name: string) => askKey(organization, 'PATCH', shownKey.id, { body: { name } }),
    ({ name }) => {
      tellDone(
        <>
          The key is called “<bdi>{name}</bdi>” now.
        </>,
      )
      onClose()
    },
  )
  return (
    <Dialog open onClose={onClose} title="Rename key" description={`${keyHint(shownKey)}. Its secret stays as it is.`}>
      <Form onSubmit={({ name }) => rename.mutate(name!)}>
        <TextField label="Name" name="name" required maxLength={100} autoComplete="off" defaultValue={shownKey.name} />
        <ErrorNotice error={rename.error} />
        <DialogActions>
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={rename.isPending}>
            Rename
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

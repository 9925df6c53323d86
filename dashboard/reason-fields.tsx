import { NativeSelect } from './design/native-select.tsx'
import { TextField } from './design/text-field.tsx'
import { type RevocationReason, reasonNames, reasons } from './reasons.ts'

export interface ReasonFieldsProps {
  readonly reason: RevocationReason
  readonly onReasonChange: (reason: RevocationReason) => void
  readonly note: string
  readonly onNoteChange: (note: string) => void
  /** Whether the keys are one's own: then it is no admin who revokes them. */
  readonly isOwn: boolean
}

/** Why keys are revoked: one of the reasons, or words of one's own. */
export function ReasonFields({ reason, onReasonChange, note, onNoteChange, isOwn }: ReasonFieldsProps) {
  return (
    <div className="grid gap-3 text-ink">
      <NativeSelect
        label="Reason"
        value={reason}
        onValueChange={onReasonChange}
        options={reasons.filter((one) => !isOwn || one !== 'by_admin').map((value) => ({ value, label: reasonNames[value] }))}
      />
      {reason === 'other' && (
        <TextField label="In your own words" maxLength={200} autoComplete="off" value={note} onValueChange={onNoteChange} />
      )}
    </div>
  )
}

import { Notice } from '../design/notice.tsx'
import { Select, type SelectOption } from '../design/select.tsx'
import { TextField } from '../design/text-field.tsx'
import { ExactInstant } from './exact-instant.tsx'
import { type ChosenExpiry, type ExpiryChoice, expectedExpiry, localDay } from './expiry.ts'
import { useNow } from './use-now.ts'

export interface ExpiryFieldProps {
  readonly label: string
  readonly choices: readonly ExpiryChoice[]
  readonly value: ChosenExpiry
  readonly onValueChange: (value: ChosenExpiry) => void
  /** The last day that can be chosen. */
  readonly latest?: Date | undefined
  /** Why there are not more choices. */
  readonly whyNotEvery?: string | undefined
}

/** When a key shall expire, with what that comes to, in words. */
export function ExpiryField({ label, choices, value, onValueChange, latest, whyNotEvery }: ExpiryFieldProps) {
  const now = useNow()
  const expected = expectedExpiry(value, now)
  const options = choices.map((choice): SelectOption<ExpiryChoice> => ({ value: choice, label: labelOf(choice) }))
  const inTenYears = new Date(now)
  inTenYears.setFullYear(now.getFullYear() + 10, now.getMonth(), now.getDate() - 1)
  return (
    <div className="grid gap-3">
      <Select
        label={label}
        hint={whyNotEvery}
        options={options}
        value={value.choice}
        onValueChange={(choice) => onValueChange({ ...value, choice })}
      />
      {value.choice === 'date' && (
        <TextField
          label="Last day"
          name="expiryDate"
          type="date"
          required
          min={localDay(now)}
          max={localDay(latest ?? inTenYears)}
          value={value.date}
          onValueChange={(date) => onValueChange({ ...value, date })}
          hint="It works to the end of that day in your time zone."
        />
      )}
      {expected === null ? (
        <Notice tone="warning" title="This key never stops by itself">
          If it leaks and nobody notices, it stays open until someone revokes it. Prefer an expiry, and replace the key in time.
        </Notice>
      ) : (
        expected !== undefined && (
          <p className="text-[0.8125rem] text-soft">
            Asked for now, it expires on{' '}
            <strong className="font-medium text-ink">
              <ExactInstant at={expected} />
            </strong>
            . The server fixes the instant by its own clock.
          </p>
        )
      )}
    </div>
  )
}

function labelOf(choice: ExpiryChoice): string {
  if (choice === 'date') return 'On a date …'
  if (choice === 'none') return 'No expiry'
  return choice === '1' ? '1 day' : `${choice} days`
}

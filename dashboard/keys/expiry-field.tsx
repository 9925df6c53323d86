import { Notice } from '../design/notice.tsx'
import { Select, type SelectOption } from '../design/select.tsx'
import { TextField } from '../design/text-field.tsx'
import { ExactInstant } from './exact-instant.tsx'
import { type ChosenExpiry, type ExpiryChoice, expectedExpiry, localDay } from './expiry.ts'
import { useNow } from './use-now.ts'

const labels: Readonly<Record<ExpiryChoice, string>> = {
  '1': '1 day',
  '7': '7 days',
  '30': '30 days',
  '60': '60 days',
  '90': '90 days',
  '365': '365 days',
  date: 'On a date …',
  none: 'No expiry',
}

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
  const options = choices.map((choice): SelectOption<ExpiryChoice> => ({ value: choice, label: labels[choice] }))
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

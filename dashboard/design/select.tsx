import { Select as BaseSelect } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import { popupClass } from './popup.ts'
import { inputClass } from './text-field.tsx'

export interface SelectOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint?: string | undefined
}

export interface SelectProps<Value extends string> {
  readonly label: ReactNode
  /** Leaves the label to those who cannot see what it is about. */
  readonly labelHidden?: boolean | undefined
  readonly hint?: ReactNode | undefined
  readonly value: Value
  readonly onValueChange: (value: Value) => void
  readonly options: readonly SelectOption<Value>[]
  readonly disabled?: boolean | undefined
  readonly className?: string | undefined
}

/** One of a few. */
export function Select<Value extends string>({
  label,
  labelHidden = false,
  hint,
  value,
  onValueChange,
  options,
  disabled = false,
  className,
}: SelectProps<Value>) {
  const hintId = useId()
  return (
    <div className={classNames('grid min-w-0 gap-1.5', className)}>
      <BaseSelect.Root<Value>
        value={value}
        onValueChange={(chosen) => chosen !== null && onValueChange(chosen)}
        items={options.map(({ value, label }) => ({ value, label }))}
        disabled={disabled}
      >
        <BaseSelect.Label className={labelHidden ? 'sr-only' : 'font-medium'}>{label}</BaseSelect.Label>
        <BaseSelect.Trigger
          className={classNames(inputClass, 'flex items-center justify-between gap-2 text-left hover:bg-hover')}
          aria-describedby={hint === undefined ? undefined : hintId}
        >
          <BaseSelect.Value className="truncate" />
          <BaseSelect.Icon>
            <ChevronsUpDown className="size-4 text-soft" aria-hidden="true" />
          </BaseSelect.Icon>
        </BaseSelect.Trigger>
        <BaseSelect.Portal>
          <BaseSelect.Positioner positionMethod="fixed" sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
            <BaseSelect.Popup className={classNames(popupClass, 'min-w-(--anchor-width)')}>
              <BaseSelect.List>
                {options.map((option) => (
                  <BaseSelect.Item
                    key={option.value}
                    value={option.value}
                    className="grid min-h-9 grid-cols-[1rem_1fr] items-center gap-x-2 rounded-sm px-2 py-1.5 outline-none data-highlighted:bg-hover pointer-coarse:min-h-11"
                  >
                    <BaseSelect.ItemIndicator className="col-start-1">
                      <Check className="size-4" aria-hidden="true" />
                    </BaseSelect.ItemIndicator>
                    <BaseSelect.ItemText className="col-start-2">{option.label}</BaseSelect.ItemText>
                    {option.hint !== undefined && <span className="col-start-2 text-[0.8125rem] text-soft">{option.hint}</span>}
                  </BaseSelect.Item>
                ))}
              </BaseSelect.List>
            </BaseSelect.Popup>
          </BaseSelect.Positioner>
        </BaseSelect.Portal>
      </BaseSelect.Root>
      {hint !== undefined && (
        <p id={hintId} className="text-[0.8125rem] text-soft">
          {hint}
        </p>
      )}
    </div>
  )
}

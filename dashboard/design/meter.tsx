import { Meter as BaseMeter } from '@base-ui/react/meter'
import { Progress as BaseProgress } from '@base-ui/react/progress'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface MeterProps {
  readonly label: string
  /** Of `max`. */
  readonly value: number
  readonly max: number
  /** The value in words; shown, and read in place of the number. */
  readonly text: string
  readonly labelHidden?: boolean | undefined
}

const trackClass = 'h-1.5 w-full overflow-hidden rounded-full bg-hover'

/** How much of something is used. It turns to a warning at nine tenths. */
export function Meter({ label, value, max, text, labelHidden = false }: MeterProps) {
  const tone = value >= max ? 'bg-danger' : value >= max * 0.9 ? 'bg-warning-ink' : 'bg-accent'
  return (
    <BaseMeter.Root value={Math.min(value, max)} max={max} getAriaValueText={() => text} className="grid min-w-24 gap-1">
      <div className="flex justify-between gap-3 text-[0.8125rem]">
        <BaseMeter.Label className={labelHidden ? 'sr-only' : 'text-soft'}>{label}</BaseMeter.Label>
        <span className="whitespace-nowrap tabular-nums" aria-hidden="true">
          {text}
        </span>
      </div>
      <BaseMeter.Track className={trackClass}>
        <BaseMeter.Indicator className={classNames('block h-full rounded-full', tone)} />
      </BaseMeter.Track>
    </BaseMeter.Root>
  )
}

export interface ProgressProps {
  readonly label: ReactNode
  /** 0 to 100; null when it cannot be known. */
  readonly value: number | null
}

/** How far something under way has come. */
export function Progress({ label, value }: ProgressProps) {
  return (
    <BaseProgress.Root value={value} className="grid gap-1">
      <div className="flex justify-between gap-3 text-[0.8125rem]">
        <BaseProgress.Label className="min-w-0">{label}</BaseProgress.Label>
        {value !== null && <span className="tabular-nums">{Math.round(value)} %</span>}
      </div>
      <BaseProgress.Track className={trackClass}>
        <BaseProgress.Indicator
          className={classNames('block h-full rounded-full bg-accent transition-[width]', value === null && 'w-1/3 animate-pulse')}
        />
      </BaseProgress.Track>
    </BaseProgress.Root>
  )
}

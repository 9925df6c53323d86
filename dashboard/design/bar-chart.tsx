import { type ReactNode, useState } from 'react'
import { classNames } from './class-names.ts'

export interface Bar {
  readonly id: string
  /** Below the bar, where it is the first, the last, or one of a few between. */
  readonly tick: string
  /** What the bar is of, in words. */
  readonly name: string
  /** What the chart is about; plain. */
  readonly value: number
  /** Stands on `value`; hatched. */
  readonly more: number
}

export interface BarChartProps {
  /** What it shows and what is to be seen in it, for those who cannot see it; the figures are to be had as a table as well. */
  readonly label: string
  readonly bars: readonly Bar[]
  readonly valueName: string
  readonly moreName: string
  /** Beyond which `value` does not go; drawn as a line. */
  readonly limit?: { readonly value: number; readonly name: string } | undefined
}

const number = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact' })

/** Dark and light stripes, told apart from what is plain without any colour. */
const hatched =
  'bg-[repeating-linear-gradient(135deg,var(--color-danger)_0_2px,var(--color-danger-soft)_2px_4px)] border border-danger forced-color-adjust-none'
const plain = 'bg-accent forced-color-adjust-none'

/** Bars beside each other, each of two parts. The one that is pointed at is told below them. */
export function BarChart({ label, bars, valueName, moreName, limit }: BarChartProps) {
  const [pointed, setPointed] = useState<string>()
  const top = niceTop(Math.max(1, limit?.value ?? 0, ...bars.map(({ value, more }) => value + more)))
  const told = bars.find(({ id }) => id === pointed)
  return (
    <figure className="grid gap-2">
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem]">
        <Legend looks={plain}>{valueName}</Legend>
        <Legend looks={hatched}>{moreName}</Legend>
        {limit !== undefined && (
          <span className="inline-flex items-center gap-1.5">
            <span className="w-4 border-t-2 border-dashed border-ink" aria-hidden="true" />
            {limit.name}
          </span>
        )}
      </figcaption>
      <div role="img" aria-label={label} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <div className="flex h-40 flex-col-reverse justify-between text-right text-xs leading-none text-soft tabular-nums">
          {[0, top / 2, top].map((value) => (
            <span key={value}>{short.format(value)}</span>
          ))}
        </div>
        <div className="relative h-40 border-b border-edge" onPointerLeave={() => setPointed(undefined)}>
          <div className="absolute inset-x-0 top-0 border-t border-line" />
          <div className="absolute inset-x-0 top-1/2 border-t border-line" />
          <div className="absolute inset-0 flex items-stretch">
            {bars.map(({ id, value, more }) => (
              <div
                key={id}
                data-bar={id}
                onPointerEnter={() => setPointed(id)}
                onPointerDown={() => setPointed(id)}
                className={classNames('flex min-w-0 flex-1 flex-col-reverse gap-px px-px sm:px-0.5', pointed === id && 'bg-hover')}
              >
                {value > 0 && (
                  <div
                    data-part="value"
                    className={classNames(plain, 'min-h-0.5 rounded-t-xs')}
                    style={{ height: `${(value / top) * 100}%` }}
                  />
                )}
                {more > 0 && (
                  <div
                    data-part="more"
                    className={classNames(hatched, 'min-h-1 rounded-t-xs')}
                    style={{ height: `${(more / top) * 100}%` }}
                  />
                )}
              </div>
            ))}
          </div>
          {limit !== undefined && (
            <div
              className="pointer-events-none absolute inset-x-0 border-t-2 border-dashed border-ink"
              style={{ bottom: `${(limit.value / top) * 100}%` }}
            />
          )}
        </div>
        <div className="col-start-2 mt-1 flex justify-between text-xs text-soft">
          {[0, Math.floor((bars.length - 1) / 2), bars.length - 1].map((index) => (
            <span key={index}>{bars[index]?.tick}</span>
          ))}
        </div>
      </div>
      <p className="min-h-5 text-[0.8125rem] text-soft" aria-hidden="true">
        {told === undefined
          ? 'Point at a bar for its figures.'
          : `${told.name}: ${number.format(told.value)} ${valueName.toLowerCase()}, ${number.format(told.more)} ${moreName.toLowerCase()}`}
      </p>
    </figure>
  )
}

function Legend({ looks, children }: { readonly looks: string; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={classNames(looks, 'size-3 rounded-xs')} aria-hidden="true" />
      {children}
    </span>
  )
}

/** The next number at or above `most` that has a half fit to be read: 2, 4, 10, 20, 40, 100 … */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return [2, 4, 6, 8, 10, 20].map((factor) => factor * power).find((top) => top >= most) ?? most
}

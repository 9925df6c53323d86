import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { KeyUseAnswer } from '../../server/keys/schema.ts'
import { BarChart } from '../design/bar-chart.tsx'
import { Card } from '../design/card.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Tabs } from '../design/tabs.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { countText } from './expiry.ts'
import { keyUseQuery } from './history-query.ts'
import type { Key } from './key.ts'
import { refusalWords } from './refusal-words.ts'
import { curlSnippet, secretPlaceholder } from './snippets.ts'

type Refused = KeyUseAnswer['days'][number]['refused']

/** A day or an hour, as chart and table show it. */
interface Span {
  readonly id: string
  /** `2027-01-31`, `2027-01-31 12:00` */
  readonly name: string
  /** `31 Jan`, `12:00` */
  readonly tick: string
  readonly admitted: number
  readonly refused: Refused
}

/** How much a key was used, by day and by hour. */
export function KeyUse({ shownKey: key }: { readonly shownKey: Key }) {
  const { data, error, isPending, refetch } = useQuery(keyUseQuery(useOrganization(), key.id))
  return (
    <Card title="Use" description="Days and hours are those of UTC, by which the quota is counted.">
      {isPending && <Spinner label="Loading the use …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {data !== undefined && told(key, data)}
    </Card>
  )
}

function told(key: Key, { days, hours }: KeyUseAnswer): ReactNode {
  const byDay = days.map(({ day, ...counts }): Span => ({ id: day, name: day, tick: dayTick.format(Date.parse(day)), ...counts }))
  const byHour = hours.map(({ startsAt, ...counts }): Span => {
    const hour = startsAt.slice(11, 16)
    return { id: startsAt, name: `${startsAt.slice(0, 10)} ${hour}`, tick: `${dayTick.format(Date.parse(startsAt))}, ${hour}`, ...counts }
  })
  if ([...byDay, ...byHour].every(({ admitted, refused }) => admitted === 0 && refused.length === 0)) return <NotUsed shownKey={key} />
  const mostOfADay = Math.max(...byDay.map(({ admitted }) => admitted))
  const { quota } = key.today
  return (
    <div className="grid gap-4">
      <Tabs
        label="Use"
        tabs={[
          {
            value: 'days',
            label: '30 days',
            // Far above all bars the line would make them too small to be told apart.
            content: <Spans unit="Day" spans={byDay} quota={mostOfADay * 4 >= quota ? quota : undefined} />,
          },
          { value: 'hours', label: '48 hours', content: <Spans unit="Hour" spans={byHour} /> },
        ]}
      />
      <p className="text-[0.8125rem] text-soft">
        <strong className="font-medium text-ink">Admitted</strong> is exact: what lets a request in counts it; at most {countText(quota)} a
        day. <strong className="font-medium text-ink">Refused</strong> may lag by a second, and costs nothing of the quota.
      </p>
    </div>
  )
}

const dayTick = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

interface SpansProps {
  readonly unit: 'Day' | 'Hour'
  readonly spans: readonly Span[]
  readonly quota?: number | undefined
}

function Spans({ unit, spans, quota }: SpansProps) {
  const span = unit === 'Day' ? 'the last 30 days' : 'the last 48 hours'
  const admitted = spans.reduce((sum, one) => sum + one.admitted, 0)
  const refused = spans.reduce((sum, one) => sum + countOf(one.refused), 0)
  const most = spans.reduce((one, other) => (other.admitted > one.admitted ? other : one))
  const sum = `${countText(admitted)} admitted and ${countText(refused)} refused in ${span}`
  return (
    <div className="grid gap-3">
      <p>{sum}.</p>
      <BarChart
        label={`Requests by ${unit.toLowerCase()}: ${sum}. Most were admitted on ${most.name}: ${countText(most.admitted)}.`}
        bars={spans.map(({ refused, admitted, ...bar }) => ({ ...bar, value: admitted, more: countOf(refused) }))}
        valueName="Admitted"
        moreName="Refused"
        limit={quota === undefined ? undefined : { value: quota, name: `Today’s quota, ${countText(quota)}` }}
      />
      <details>
        <summary className="w-fit min-h-6 cursor-pointer rounded-sm font-medium text-accent-ink pointer-coarse:min-h-11">
          The figures as a table
        </summary>
        <table className="mt-3 w-full border-collapse text-left tabular-nums">
          <caption className="mb-2 text-left text-[0.8125rem] text-soft">
            Requests with this key in {span}, the newest first ({unit.toLowerCase()}s in UTC)
          </caption>
          <thead>
            <tr className="border-b border-line text-[0.8125rem] text-soft">
              <th scope="col" className="py-1.5 pr-3 font-medium">
                {unit}
              </th>
              <th scope="col" className="px-3 py-1.5 text-right font-medium">
                Admitted
              </th>
              <th scope="col" className="py-1.5 pl-3 text-right font-medium">
                Refused
              </th>
            </tr>
          </thead>
          <tbody>
            {spans.toReversed().map(({ id, name, admitted, refused }) => (
              <tr key={id} className="border-b border-line align-top">
                <th scope="row" className="py-1.5 pr-3 font-normal sm:whitespace-nowrap">
                  {name}
                </th>
                <td className="px-3 py-1.5 text-right">{countText(admitted)}</td>
                <td className="py-1.5 pl-3 text-right">
                  {countText(countOf(refused))}
                  {refused.map(({ code, count }) => (
                    <span key={code} className="block text-xs text-soft">
                      {refusalWords(code)}: {countText(count)}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="font-medium">
              <th scope="row" className="py-1.5 pr-3 font-medium">
                Together
              </th>
              <td className="px-3 py-1.5 text-right">{countText(admitted)}</td>
              <td className="py-1.5 pl-3 text-right">{countText(refused)}</td>
            </tr>
          </tfoot>
        </table>
      </details>
    </div>
  )
}

function countOf(refused: Refused): number {
  return refused.reduce((sum, { count }) => sum + count, 0)
}

/** Where there is nothing to draw: how there would be. */
function NotUsed({ shownKey: { lastUsedAt, status } }: { readonly shownKey: Key }) {
  const { role } = useOrganization()
  if (lastUsedAt !== null) return <p className="text-soft">There was no request with this key in the last 30 days.</p>
  if (status !== 'active') return <p className="text-soft">There was no request with this key before it ended.</p>
  return (
    <div className="grid gap-2">
      <p>
        <strong className="font-medium">Not used yet.</strong>{' '}
        <span className="text-soft">This sends a first request, with the secret of the key in the place of {secretPlaceholder}:</span>
      </p>
      <pre className="rounded-md border border-line bg-sunken p-3 font-mono text-[0.8125rem] whitespace-pre-wrap">
        {curlSnippet({ host: location.origin, secret: secretPlaceholder, writes: role !== 'viewer' })}
      </pre>
    </div>
  )
}

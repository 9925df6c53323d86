import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import type { KeyRequestsAnswer } from '../../server/keys/schema.ts'
import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { Card } from '../design/card.tsx'
import { CopyText } from '../design/copy-text.tsx'
import { Instant } from '../design/instant.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Table, TableCell, TableRow } from '../design/table.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { useOrganization } from '../session.ts'
import { keyRequestsQuery } from './history-query.ts'
import type { Key } from './key.ts'
import { refusalWords } from './refusal-words.ts'

type Request = KeyRequestsAnswer['requests'][number]

const columns = ['Time', 'Request', 'Status', 'Address', 'Secret', 'Request id'].map((label) => ({ label }))

/** Shown before one asks for the rest: on a small screen each is a card. */
const firstShown = 10

/** The last requests of a key, admitted or not. */
export function KeyRequests({ shownKey: key }: { readonly shownKey: Key }) {
  const { data, error, isPending, refetch } = useQuery(keyRequestsQuery(useOrganization(), key.id))
  const [all, setAll] = useState(false)
  const requests = data?.requests ?? []
  return (
    <Card
      title="Last requests"
      description="At most 100, the newest first, a second after they were answered. Under load not every request is listed; the figures of the use have them all."
    >
      <div className="grid gap-4">
        {isPending && <Spinner label="Loading the requests …" />}
        <ErrorNotice error={error} onRetry={refetch} />
        {data !== undefined && requests.length === 0 && <p className="text-soft">None is kept yet.</p>}
        {requests.length > 0 && (
          <Table label="Last requests" columns={columns}>
            {requests.slice(0, all ? undefined : firstShown).map((request) => (
              <RequestRow key={request.requestId} of={key} request={request} />
            ))}
          </Table>
        )}
        {!all && requests.length > firstShown && (
          <div className="flex justify-center">
            <Button variant="secondary" onClick={() => setAll(true)}>
              Show all {requests.length}
            </Button>
          </div>
        )}
      </div>
    </Card>
  )
}

function RequestRow({ of: key, request }: { readonly of: Key; readonly request: Request }) {
  const { at, secretNumber, method, route, status, code, address, requestId } = request
  const secret = key.secrets.find(({ number }) => number === secretNumber)
  return (
    <TableRow>
      <TableCell label="Time">
        <Instant past at={at} />
      </TableCell>
      <TableCell label="Request">
        <span className="font-mono text-[0.8125rem]">
          {method}{' '}
          {route.split('/').map((part, index) => (
            // What does not fit is broken where a part begins.
            // biome-ignore lint/suspicious/noArrayIndexKey: a route has its parts in one order for ever
            <Fragment key={index}>
              {index > 0 && (
                <>
                  <wbr />/
                </>
              )}
              {part}
            </Fragment>
          ))}
        </span>
      </TableCell>
      <TableCell label="Status">
        <Badge tone={status < 400 ? 'good' : 'danger'}>{status}</Badge>
        {code !== null && <span className="mt-1 block text-[0.8125rem] text-soft">{refusalWords(code)}</span>}
      </TableCell>
      <TableCell label="Address">
        {address === '' ? <span className="text-soft">Unknown</span> : <span className="wrap-anywhere">{address}</span>}
      </TableCell>
      <TableCell label="Secret">
        {secret === undefined ? (
          <span className="text-soft">No. {secretNumber}, ended</span>
        ) : (
          <span className="font-mono text-[0.8125rem]">…{secret.lastFour}</span>
        )}
      </TableCell>
      <TableCell label="Request id">
        <CopyText label="request id" value={requestId} />
      </TableCell>
    </TableRow>
  )
}

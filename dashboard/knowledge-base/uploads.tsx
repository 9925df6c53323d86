import { CircleCheck, RotateCcw, X } from 'lucide-react'
import { useRef } from 'react'
import { ApiError } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Progress } from '../design/meter.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { sizeText } from './format.ts'
import type { Upload, UploadQueue } from './upload-queue.ts'

export interface UploadsProps {
  readonly queue: UploadQueue<File>
  readonly uploads: readonly Upload<File>[]
}

/** The files on their way and what came of them; nothing while there are none. */
export function Uploads({ queue, uploads }: UploadsProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const isUnderWay = uploads.some(({ state }) => state === 'waiting' || state === 'sending')
  return (
    <>
      {/* In the page from the beginning, so that what it tells is told. */}
      <p role="status" className="sr-only">
        {summary(uploads)}
      </p>
      {uploads.length > 0 && (
        <section aria-labelledby="uploads" className="grid gap-3 rounded-lg border border-line bg-surface p-4">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <h2 id="uploads" ref={heading} tabIndex={-1} className="rounded-sm text-base font-semibold">
              Uploads
            </h2>
            {isUnderWay ? (
              uploads.length > 1 && (
                <Button
                  variant="quiet"
                  size="small"
                  onClick={() => {
                    heading.current?.focus()
                    queue.cancelAll()
                  }}
                >
                  Cancel all
                </Button>
              )
            ) : (
              <Button
                variant="quiet"
                size="small"
                onClick={() => {
                  document.getElementById('content')?.focus()
                  queue.clear()
                }}
              >
                Clear this list
              </Button>
            )}
          </div>
          <ul className="grid gap-3">
            {uploads.map((upload) => (
              <UploadItem
                key={upload.id}
                upload={upload}
                onCancel={() => {
                  heading.current?.focus()
                  queue.cancel(upload.id)
                }}
                onRetry={() => {
                  heading.current?.focus()
                  queue.retry(upload.id)
                }}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

interface UploadItemProps {
  readonly upload: Upload<File>
  readonly onCancel: () => void
  readonly onRetry: () => void
}

function UploadItem({ upload: { file, state, part, error }, onCancel, onRetry }: UploadItemProps) {
  const name = <bdi className="font-medium">{file.name}</bdi>
  const isUnderWay = state === 'waiting' || state === 'sending'
  return (
    <li className="grid gap-2">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          {state === 'sending' ? (
            <Progress label={part === 1 ? <>{name} · storing …</> : name} value={part * 100} />
          ) : (
            <p className="flex flex-wrap items-center gap-x-2">
              {state === 'done' && <CircleCheck className="size-4 shrink-0 text-accent-ink" aria-hidden="true" />}
              {name}
              <span className="text-[0.8125rem] text-soft">
                {sizeText(file.size)} · {words[state]}
              </span>
            </p>
          )}
        </div>
        {isUnderWay && (
          <Button variant="quiet" size="icon" aria-label={`Cancel the upload of ${file.name}`} onClick={onCancel}>
            <X className="size-4" aria-hidden="true" />
          </Button>
        )}
        {(state === 'cancelled' || (state === 'failed' && mayPassLater(error))) && (
          <Button variant="quiet" size="small" aria-label={`Try again: ${file.name}`} onClick={onRetry}>
            <RotateCcw className="size-4" aria-hidden="true" />
            Try again
          </Button>
        )}
      </div>
      {state === 'failed' &&
        (typeof error === 'string' ? (
          <Notice tone="danger" alert>
            <p>{error}</p>
          </Notice>
        ) : (
          <ErrorNotice error={error} />
        ))}
    </li>
  )
}

const words = { waiting: 'waiting', sending: 'sending', done: 'added', failed: 'not added', cancelled: 'cancelled' } as const

/** Whether the same file may be accepted later: the server could not, or there was no room for it. */
function mayPassLater(error: unknown): boolean {
  if (!(error instanceof ApiError)) return typeof error !== 'string'
  return error.status === 0 || error.status >= 500 || error.status === 429 || error.code === 'storage_full'
}

function summary(uploads: readonly Upload<File>[]): string {
  if (uploads.length === 0) return ''
  const count = (state: Upload<File>['state']) => uploads.filter((upload) => upload.state === state).length
  const failed = count('failed')
  return `${count('done')} of ${uploads.length} files added${failed > 0 ? `, ${failed} not added` : ''}.`
}

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { FilePlus2, Upload as UploadIcon } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../design/button.tsx'
import { AlertDialog } from '../design/dialog.tsx'
import { Meter } from '../design/meter.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Table } from '../design/table.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { useOrganization } from '../session.ts'
import { AddTextDialog } from './add-text-dialog.tsx'
import { endings } from './check-file.ts'
import { DeleteDocumentDialog } from './delete-document-dialog.tsx'
import { DocumentRow } from './document-row.tsx'
import { type Document, documentsQuery, namesQuery, type Storage } from './documents-query.ts'
import { sizeText } from './format.ts'
import { NoDocuments } from './no-documents.tsx'
import { PublicLinkDialog } from './public-link-dialog.tsx'
import { Uploads } from './uploads.tsx'
import { useFileDrop } from './use-file-drop.ts'
import { useUploads } from './use-uploads.ts'

const columns = [
  { label: 'Name' },
  { label: 'Type' },
  { label: 'Size' },
  { label: 'Added' },
  { label: 'By' },
  { label: 'Actions', hidden: true },
]

export function KnowledgeBasePage() {
  usePageTitle('Knowledge base')
  const organization = useOrganization()
  const mayWrite = organization.role !== 'viewer'
  const { queue, uploads } = useUploads(organization.id)
  const isDroppable = useFileDrop(mayWrite, queue.add)
  const addingText = useOpened<null>()
  const files = useRef<HTMLInputElement>(null)
  const { data } = useInfiniteQuery(documentsQuery(organization.id))
  const storage = data?.pages.at(-1)?.storage
  return (
    <>
      <PageHeader
        title="Knowledge base"
        description={
          <>
            The documents of <bdi>{organization.name}</bdi>. {mayWrite && `Text, or files ending in ${endings.join(', ')}.`}
          </>
        }
        actions={
          mayWrite && (
            <>
              <Button variant="secondary" onClick={() => addingText.open(null)}>
                <FilePlus2 className="size-4" aria-hidden="true" />
                Add text
              </Button>
              <Button onClick={() => files.current?.click()}>
                <UploadIcon className="size-4" aria-hidden="true" />
                Upload files
              </Button>
              <input
                ref={files}
                type="file"
                multiple
                hidden
                accept={endings.join(',')}
                aria-label="Files to upload"
                onChange={({ currentTarget }) => {
                  queue.add([...(currentTarget.files ?? [])])
                  // So that the same file can be chosen again.
                  currentTarget.value = ''
                }}
              />
            </>
          )
        }
      />
      <div className="grid gap-6">
        {storage !== undefined && <StorageMeter storage={storage} />}
        <Uploads queue={queue} uploads={uploads} />
        <Documents mayWrite={mayWrite} />
      </div>
      {addingText.opened !== undefined && (
        <AddTextDialog key={addingText.opened.key} open={addingText.opened.isOpen} onClose={addingText.close} />
      )}
      {isDroppable && <DropHint />}
      <LeaveGuard isUnderWay={uploads.some(({ state }) => state === 'waiting' || state === 'sending')} />
    </>
  )
}

function StorageMeter({ storage: { usedBytes, leftBytes, maxBytes } }: { readonly storage: Storage }) {
  return (
    <div className="max-w-md">
      <Meter label="Storage" value={usedBytes} max={maxBytes} text={`${sizeText(usedBytes)} used, ${sizeText(leftBytes)} left`} />
    </div>
  )
}

function Documents({ mayWrite }: { readonly mayWrite: boolean }) {
  const organization = useOrganization()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    documentsQuery(organization.id),
  )
  const { data: names } = useQuery(namesQuery(organization.id))
  const { opened, open, close } = useOpened<{ readonly what: 'link' | 'delete'; readonly document: Document }>()
  const heading = useRef<HTMLHeadingElement>(null)
  const documents = data?.pages.flatMap((page) => page.documents) ?? []
  const what = opened?.subject.what
  return (
    <section aria-labelledby="documents" className="grid gap-3">
      <h2 id="documents" ref={heading} tabIndex={-1} className="sr-only">
        Documents
      </h2>
      {isPending && <Spinner label="Loading the documents …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {data !== undefined && documents.length === 0 && <NoDocuments mayWrite={mayWrite} />}
      {documents.length > 0 && (
        <Table label="Documents, newest first" columns={columns}>
          {documents.map((document) => (
            <DocumentRow
              key={document.id}
              document={document}
              createdByName={names && (names.get(document.createdBy) ?? null)}
              mayWrite={mayWrite}
              onLink={() => open({ what: 'link', document })}
              onDelete={() => open({ what: 'delete', document })}
            />
          ))}
        </Table>
      )}
      <ShowMore hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      {opened !== undefined && what === 'delete' && (
        <DeleteDocumentDialog
          key={opened.key}
          document={opened.subject.document}
          open={opened.isOpen}
          onClose={close}
          fallback={() => heading.current}
        />
      )}
      {opened !== undefined && what === 'link' && (
        <PublicLinkDialog
          key={opened.key}
          fileName={opened.subject.document.fileName}
          publicUrl={opened.subject.document.publicUrl ?? ''}
          open={opened.isOpen}
          onClose={close}
        />
      )}
    </section>
  )
}

function DropHint() {
  return (
    <div className="pointer-events-none fixed inset-3 z-40 grid place-items-center rounded-xl border-2 border-dashed border-accent bg-backdrop">
      <p className="rounded-lg bg-raised px-6 py-4 text-base font-semibold shadow-raised">Drop the files to add them</p>
    </div>
  )
}

/** Asks before uploads are cancelled by leaving the page. */
function LeaveGuard({ isUnderWay }: { readonly isUnderWay: boolean }) {
  const blocker = useBlocker({ shouldBlockFn: () => isUnderWay, enableBeforeUnload: isUnderWay, withResolver: true })
  return (
    <AlertDialog
      open={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Cancel the uploads?"
      action="Leave and cancel"
      cancel="Stay"
      onAction={() => blocker.proceed?.()}
    >
      Files are still on their way. Leaving this page cancels those that have not been added yet.
    </AlertDialog>
  )
}

import { Download, Link2, Trash2 } from 'lucide-react'
import { Button, buttonClass } from '../design/button.tsx'
import { Instant } from '../design/instant.tsx'
import { TableCell, TableRow } from '../design/table.tsx'
import { type Document, documentsPath } from './documents-query.ts'
import { sizeText, typeText } from './format.ts'

export interface DocumentRowProps {
  readonly document: Document
  /** What who added it is called; null for one who is no member any more; undefined while that is not known. */
  readonly createdByName: string | null | undefined
  readonly mayWrite: boolean
  readonly onLink: () => void
  readonly onDelete: () => void
}

export function DocumentRow({ document, createdByName, mayWrite, onLink, onDelete }: DocumentRowProps) {
  const { id, fileName, fileType, fileSize, publicUrl, createdAt } = document
  return (
    <TableRow>
      <TableCell>
        <bdi className="font-medium">{fileName}</bdi>
      </TableCell>
      <TableCell label="Type">{typeText(fileType)}</TableCell>
      <TableCell label="Size">
        <span className="whitespace-nowrap tabular-nums">{sizeText(fileSize)}</span>
      </TableCell>
      <TableCell label="Added">
        <Instant at={createdAt} />
      </TableCell>
      <TableCell label="By">
        {createdByName === null ? (
          <span className="text-soft">A former member</span>
        ) : (
          <bdi className="wrap-anywhere sm:inline-block sm:max-w-48 sm:min-w-24">{createdByName}</bdi>
        )}
      </TableCell>
      <TableCell end>
        <div className="flex gap-1 max-sm:-ml-2">
          <a
            href={`${documentsPath}/${id}/content`}
            download={fileName}
            aria-label={`Download ${fileName}`}
            title="Download"
            className={buttonClass('quiet', 'icon')}
          >
            <Download className="size-4" aria-hidden="true" />
          </a>
          {publicUrl !== null && (
            <Button variant="quiet" size="icon" aria-label={`Public link of ${fileName}`} title="Public link" onClick={onLink}>
              <Link2 className="size-4" aria-hidden="true" />
            </Button>
          )}
          {mayWrite && (
            <Button variant="danger-quiet" size="icon" aria-label={`Delete ${fileName}`} title="Delete" onClick={onDelete}>
              <Trash2 className="size-4" aria-hidden="true" />
            </Button>
          )}
        </div>
      </TableCell>
    </TableRow>
  )
}

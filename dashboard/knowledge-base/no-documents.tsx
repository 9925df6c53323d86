import { Link } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { publicApi } from '../api.ts'
import { CopyField } from '../design/copy-field.tsx'
import { EmptyState } from '../design/empty-state.tsx'

/** What stands in place of the list while there is no document. */
export function NoDocuments({ mayWrite }: { readonly mayWrite: boolean }) {
  if (!mayWrite) {
    return (
      <EmptyState icon={<FileText className="size-5" />} title="No documents yet">
        What members of the organization add appears here. As a viewer you can read it, and so can your API keys.
      </EmptyState>
    )
  }
  const curl = `curl -X POST \\\n  ${location.origin}${publicApi}/knowledge-base \\\n  -H "x-api-key: $LEAFPAD_KEY" \\\n  -F file=@handbook.md`
  return (
    <EmptyState icon={<FileText className="size-5" />} title="No documents yet">
      <p>
        Add a text or upload a file here: drop it anywhere on this page. Everybody in the organization, and their API keys, can read it.
      </p>
      <div className="mt-2 grid gap-2 text-left text-ink">
        <CopyField label="Or from a script" value={curl} multiline />
        <p className="text-soft">
          It takes an API key in <code>LEAFPAD_KEY</code>:{' '}
          <Link to="/settings/api-keys" className="link">
            generate one
          </Link>
          .
        </p>
      </div>
    </EmptyState>
  )
}

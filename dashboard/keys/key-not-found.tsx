import { Link } from '@tanstack/react-router'
import { buttonClass } from '../design/button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { useOrganization } from '../session.ts'

/** In place of a key that is not there, or not for who asks. */
export function KeyNotFound() {
  const organization = useOrganization()
  return (
    <>
      <PageHeader title="API key" />
      <EmptyState
        title="There is no such key"
        action={
          <Link to="/settings/api-keys" className={buttonClass()}>
            To the API keys
          </Link>
        }
      >
        <p>
          The address may be mistyped, the key may be of another organization than <bdi>{organization.name}</bdi>, or it is one that you may
          not see.
        </p>
      </EmptyState>
    </>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { OrganizationAnswer } from '../../server/organizations/schema.ts'
import { ask } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Card } from '../design/card.tsx'
import { Form } from '../design/form.tsx'
import { Instant } from '../design/instant.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { sessionQuery, useOrganization } from '../session.ts'
import { DeleteOrganizationDialog } from './delete-organization-dialog.tsx'
import { organizationPath } from './members-query.ts'
import { organizationsQuery } from './organizations-query.ts'
import { PolicyCard } from './policy-card.tsx'
import { mayManageMembers, roleHints, roleLabel } from './roles.ts'

export function OrganizationPage() {
  usePageTitle('Organization')
  const { name, role, createdAt } = useOrganization()
  const deleting = useOpened<null>()
  return (
    <div className="max-w-2xl">
      <PageHeader title="Organization" description="What documents, members and API keys belong to." />
      <div className="grid gap-6">
        <Card title={<bdi>{name}</bdi>}>
          <dl className="grid grid-cols-[5rem_1fr] gap-x-4 gap-y-2">
            <dt className="text-soft">Your role</dt>
            <dd>
              {roleLabel(role)} <span className="block text-[0.8125rem] text-soft">{roleHints[role]}</span>
            </dd>
            <dt className="text-soft">Made</dt>
            <dd>
              <Instant at={createdAt} as="date" />
            </dd>
          </dl>
        </Card>
        {mayManageMembers(role) && <Rename />}
        <PolicyCard />
        {role === 'owner' && (
          <Card title="Delete the organization" description="Its documents, API keys, invitations and memberships go with it, for good.">
            <Button variant="danger" onClick={() => deleting.open(null)}>
              Delete organization
            </Button>
          </Card>
        )}
      </div>
      {deleting.opened !== undefined && (
        <DeleteOrganizationDialog key={deleting.opened.key} open={deleting.opened.isOpen} onClose={deleting.close} />
      )}
    </div>
  )
}

function Rename() {
  const organization = useOrganization()
  const queryClient = useQueryClient()
  const rename = useMutation({
    mutationFn: (name: string) => ask<Static<typeof OrganizationAnswer>>('PATCH', organizationPath(organization.id), { body: { name } }),
    onSuccess: async ({ organization: { name } }) => {
      await Promise.all([queryClient.invalidateQueries(sessionQuery), queryClient.invalidateQueries(organizationsQuery)])
      tellDone(
        <>
          The organization is called <bdi>{name}</bdi> now.
        </>,
      )
    },
  })
  return (
    <Card title="Rename">
      <Form onSubmit={({ name }) => rename.mutate(name!)}>
        <TextField label="Name" name="name" required maxLength={100} defaultValue={organization.name} autoComplete="off" />
        <ErrorNotice error={rename.error} />
        <div>
          <Button type="submit" variant="secondary" busy={rename.isPending}>
            Rename
          </Button>
        </div>
      </Form>
    </Card>
  )
}

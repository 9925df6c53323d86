import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { OrganizationAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Card } from '../design/card.tsx'
import { Form } from '../design/form.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { organizationsQuery, useActivateOrganization } from './organizations-query.ts'

export function NewOrganizationPage() {
  usePageTitle('New organization')
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const activate = useActivateOrganization()
  const create = useMutation({
    mutationFn: async (name: string) => {
      const { organization } = await ask<Static<typeof OrganizationAnswer>>('POST', `${dashboardApi}/organizations`, { body: { name } })
      await queryClient.invalidateQueries(organizationsQuery)
      await activate.mutateAsync(organization.id)
      return organization
    },
    onSuccess: ({ name }) => {
      tellDone(
        <>
          You work in <bdi>{name}</bdi> now.
        </>,
      )
      return navigate({ to: '/knowledge-base' })
    },
  })
  return (
    <div className="max-w-xl">
      <PageHeader title="New organization" description="It has its own documents, members and API keys. You become its owner." />
      <Card>
        <Form onSubmit={({ name }) => create.mutate(name!)}>
          <TextField label="Name" name="name" required maxLength={100} autoComplete="organization" autoFocus />
          <ErrorNotice error={create.error} />
          <div>
            <Button type="submit" busy={create.isPending}>
              Create organization
            </Button>
          </div>
        </Form>
      </Card>
    </div>
  )
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { UserAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Card } from '../design/card.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { TextField } from '../design/text-field.tsx'
import { tellDone } from '../design/toast.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { sessionQuery, useSession } from '../session.ts'
import { DeleteAccountDialog } from './delete-account-dialog.tsx'
import { PasswordField } from './password-field.tsx'
import { Sessions } from './sessions.tsx'
import { sessionsQuery } from './sessions-query.ts'

export function AccountPage() {
  usePageTitle('Account')
  const deleting = useOpened<null>()
  return (
    <div className="max-w-2xl">
      <PageHeader title="Account" description="It is yours alone, whatever organizations you are in." />
      <div className="grid gap-6">
        <Name />
        <Password />
        <Sessions />
        <Card
          title="Delete the account"
          description="You leave every organization, and your API keys are refused from that moment on. Documents you added stay."
        >
          <Button variant="danger" onClick={() => deleting.open(null)}>
            Delete account
          </Button>
        </Card>
      </div>
      {deleting.opened !== undefined && (
        <DeleteAccountDialog key={deleting.opened.key} open={deleting.opened.isOpen} onClose={deleting.close} />
      )}
    </div>
  )
}

function Name() {
  const { user } = useSession()
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: (name: string) => ask<Static<typeof UserAnswer>>('PATCH', `${dashboardApi}/account`, { body: { name } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries(sessionQuery)
      tellDone('Your name is changed.')
    },
  })
  return (
    <Card title="Name and address">
      <Form onSubmit={({ name }) => change.mutate(name!)}>
        <TextField label="E-mail address" type="email" value={user.email} readOnly hint="It cannot be changed." />
        <TextField label="Name" name="name" required maxLength={100} defaultValue={user.name} autoComplete="name" />
        <ErrorNotice error={change.error} />
        <div>
          <Button type="submit" variant="secondary" busy={change.isPending}>
            Save name
          </Button>
        </div>
      </Form>
    </Card>
  )
}

function Password() {
  const queryClient = useQueryClient()
  const { user } = useSession()
  const [round, setRound] = useState(0)
  const change = useMutation({
    mutationFn: ({ password, newPassword }: Record<string, string>) =>
      ask('POST', `${dashboardApi}/password`, { body: { password, newPassword } }),
    onSuccess: () => {
      // The fields begin anew: no password stays in the page.
      setRound(round + 1)
      void queryClient.invalidateQueries(sessionsQuery)
    },
    gcTime: 0,
  })
  return (
    <Card title="Password" description="Changing it ends all your other sessions. API keys go on working.">
      <Form key={round} onSubmit={(values) => change.mutate(values)}>
        {/* Tells password managers whose password it is. */}
        <input type="email" value={user.email} readOnly autoComplete="username" hidden />
        <PasswordField label="Current password" />
        <PasswordField label="New password" name="newPassword" isNew />
        <ErrorNotice error={change.error} />
        <div role="status" className="empty:hidden">
          {change.isSuccess && <Notice tone="good">The password is changed, and all your other sessions have ended.</Notice>}
        </div>
        <div>
          <Button type="submit" variant="secondary" busy={change.isPending}>
            Change password
          </Button>
        </div>
      </Form>
    </Card>
  )
}

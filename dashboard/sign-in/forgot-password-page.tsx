import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { ReadPasswordResetAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import { Button, buttonClass } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { Spinner } from '../design/spinner.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { SignInFrame } from './sign-in-frame.tsx'

/** Has a link mailed that sets a new password; where no mails are sent, says who can make one. */
export function ForgotPasswordPage() {
  usePageTitle('Forgot your password?')
  const { data, error, refetch } = useQuery({
    queryKey: ['password-reset'],
    queryFn: ({ signal }) => ask<Static<typeof ReadPasswordResetAnswer>>('GET', `${dashboardApi}/password-reset`, { signal }),
  })
  const mail = useMutation({
    mutationFn: ({ email }: Record<string, string>) => ask('POST', `${dashboardApi}/password-reset/mail`, { body: { email } }),
  })
  const back = (
    <Link to="/sign-in" className="link">
      Back to signing in
    </Link>
  )
  if (mail.isSuccess) {
    return (
      <SignInFrame title="Look into your mailbox" footer={back}>
        <Notice tone="good">
          <p>
            If there is an account with <bdi>{mail.variables.email}</bdi>, a link that sets a new password is on its way to it. It works
            once, within an hour.
          </p>
        </Notice>
        <p className="text-soft">
          Nothing there after some minutes? Look where mails that nobody asked for end up, and whether this is the address that you sign in
          with. You can ask again after ten minutes.
        </p>
      </SignInFrame>
    )
  }
  if (data?.byMail === false) {
    return (
      <SignInFrame title="Forgot your password?">
        <p>
          This server sends no mails. Ask whoever runs it for a link that sets a new password: they make one with{' '}
          <code className="break-words">npm start -- user reset-password</code> and your e-mail address.
        </p>
        <Link to="/sign-in" className={buttonClass('secondary')}>
          Back to signing in
        </Link>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame
      title="Forgot your password?"
      description="A link that sets a new one is sent to the e-mail address of your account."
      footer={back}
    >
      {data === undefined && error === null && <Spinner label="One moment …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {data !== undefined && (
        <Form onSubmit={(values) => mail.mutate(values)}>
          <TextField label="E-mail address" name="email" type="email" required maxLength={254} autoComplete="username" autoFocus />
          <ErrorNotice error={mail.error} />
          <Button type="submit" busy={mail.isPending}>
            Send the link
          </Button>
        </Form>
      )}
    </SignInFrame>
  )
}

import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask, dashboardApi } from '../api.ts'
import { Button, buttonClass } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { forgetLinkToken, useLinkToken } from '../link-token.ts'
import { usePageTitle } from '../page-title.ts'
import { PasswordField } from './password-field.tsx'
import { SignInFrame } from './sign-in-frame.tsx'

/** Sets a new password by a link that whoever runs the server made. */
export function ResetPasswordPage() {
  usePageTitle('Set a new password')
  const token = useLinkToken()
  const reset = useMutation({
    mutationFn: ({ password }: Record<string, string>) => ask('POST', `${dashboardApi}/password-reset`, { body: { token, password } }),
    onSuccess: forgetLinkToken,
    gcTime: 0,
  })
  if (reset.isSuccess) {
    return (
      <SignInFrame title="Your password is set">
        <Notice tone="good">Every session of your account was ended. Sign in with the new password.</Notice>
        <Link to="/sign-in" className={buttonClass()}>
          Sign in
        </Link>
      </SignInFrame>
    )
  }
  if (token === null) {
    return (
      <SignInFrame title="Set a new password">
        <Notice tone="warning" title="This needs the whole link">
          <p>
            Open the link that you were given, with all that follows <code>#token=</code>. It works once, within an hour; whoever runs this
            server can make another.
          </p>
        </Notice>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title="Set a new password" description="This ends every session of your account. Your API keys stay as they are.">
      <Form onSubmit={(values) => reset.mutate(values)}>
        <PasswordField label="New password" isNew autoFocus />
        <ErrorNotice error={reset.error} />
        <Button type="submit" busy={reset.isPending}>
          Set password
        </Button>
      </Form>
    </SignInFrame>
  )
}

import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { forgetLinkToken, useLinkToken } from '../link-token.ts'
import { usePageTitle } from '../page-title.ts'
import { PasswordField } from './password-field.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { useEnter } from './use-enter.ts'

/** Makes the first account and its organization, by the link that the server printed. */
export function SetUpPage() {
  usePageTitle('Set up')
  const token = useLinkToken()
  const enter = useEnter()
  const setUp = useMutation({
    mutationFn: ({ organizationName, name, email, password }: Record<string, string>) =>
      ask('POST', `${dashboardApi}/set-up`, { body: { token, organizationName, name, email, password } }),
    onSuccess: () => {
      forgetLinkToken()
      enter('/settings/api-keys')
    },
    gcTime: 0,
  })
  if (token === null) {
    return (
      <SignInFrame title="Set up LeafPad">
        <Notice tone="warning" title="This needs the whole link">
          <p>
            While there is no account, LeafPad prints a link when it starts; open that one, with all that follows <code>#token=</code>.
          </p>
        </Notice>
        <p className="text-soft">
          There is an account already?{' '}
          <Link to="/sign-in" className="link">
            Sign in
          </Link>
        </p>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame
      title="Set up LeafPad"
      description="Make the first account and the organization that it owns. You can invite others later."
    >
      <Form onSubmit={(values) => setUp.mutate(values)}>
        <TextField
          label="Organization"
          name="organizationName"
          required
          maxLength={100}
          autoComplete="organization"
          autoFocus
          hint="Documents and API keys belong to it."
        />
        <TextField label="Your name" name="name" required maxLength={100} autoComplete="name" />
        <TextField label="E-mail address" name="email" type="email" required maxLength={254} autoComplete="username" />
        <PasswordField isNew />
        <ErrorNotice error={setUp.error} />
        <Button type="submit" busy={setUp.isPending}>
          Create account
        </Button>
      </Form>
    </SignInFrame>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { PasswordField } from './password-field.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { signUpQuery } from './sign-up-query.ts'
import { useEnter } from './use-enter.ts'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  usePageTitle('Sign in')
  const { next, ended } = route.useSearch()
  const { data: signUp } = useQuery(signUpQuery)
  const enter = useEnter()
  const signIn = useMutation({
    mutationFn: ({ email, password }: Record<string, string>) => ask('POST', `${dashboardApi}/sign-in`, { body: { email, password } }),
    onSuccess: () => enter(next),
    gcTime: 0,
  })
  return (
    <SignInFrame
      title="Sign in"
      footer={
        <div className="grid gap-2">
          {signUp?.open === true ? (
            <p>
              No account yet?{' '}
              <Link to="/sign-up" className="link">
                Create one
              </Link>
            </p>
          ) : (
            <p>
              No account yet? Somebody who has one invites you with a link. The first account is made with the link that LeafPad prints when
              it starts.
            </p>
          )}
          <p>
            <Link to="/forgot-password" className="link">
              Forgot your password?
            </Link>
          </p>
        </div>
      }
    >
      {ended === true && <Notice tone="warning">Your session has ended. Sign in to go on where you were.</Notice>}
      <Form onSubmit={(values) => signIn.mutate(values)}>
        <TextField label="E-mail address" name="email" type="email" required autoComplete="username" autoFocus />
        <PasswordField />
        <ErrorNotice error={signIn.error} />
        <Button type="submit" busy={signIn.isPending}>
          Sign in
        </Button>
      </Form>
    </SignInFrame>
  )
}

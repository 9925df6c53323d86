import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Notice } from '../design/notice.tsx'
import { Spinner } from '../design/spinner.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { PasswordField } from './password-field.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { signUpQuery } from './sign-up-query.ts'
import { useEnter } from './use-enter.ts'

/** Makes an account without an invitation, where the server lets anybody do that. */
export function SignUpPage() {
  usePageTitle('Create an account')
  const { data, error } = useQuery(signUpQuery)
  const footer = (
    <p>
      You have an account already?{' '}
      <Link to="/sign-in" className="link">
        Sign in
      </Link>
    </p>
  )
  return (
    <SignInFrame title="Create an account" footer={footer}>
      {data === undefined && error === null && <Spinner label="One moment …" />}
      <ErrorNotice error={error} />
      {data?.open === false && (
        <Notice tone="warning" title="Accounts are made by invitation here">
          <p>Ask a member of an organization to invite you, and open the link that they give you.</p>
        </Notice>
      )}
      {data?.open === true && <SignUpForm />}
    </SignInFrame>
  )
}

function SignUpForm() {
  const enter = useEnter()
  const signUp = useMutation({
    mutationFn: ({ organizationName = '', ...person }: Record<string, string>) => {
      const named = organizationName.trim() === '' ? {} : { organizationName }
      return ask('POST', `${dashboardApi}/sign-up`, { body: { ...person, ...named } })
    },
    onSuccess: (_, { organizationName = '' }) => enter(organizationName.trim() === '' ? '/' : '/settings/api-keys'),
    gcTime: 0,
  })
  return (
    <Form onSubmit={(values) => signUp.mutate(values)}>
      <TextField label="Your name" name="name" required maxLength={100} autoComplete="name" autoFocus />
      <TextField label="E-mail address" name="email" type="email" required maxLength={254} autoComplete="username" />
      <PasswordField isNew />
      <TextField
        label="Organization (optional)"
        name="organizationName"
        maxLength={100}
        autoComplete="organization"
        hint="Documents and API keys belong to one. Leave it empty if you are going to be invited into another."
      />
      <ErrorNotice error={signUp.error} />
      <Button type="submit" busy={signUp.isPending}>
        Create account
      </Button>
    </Form>
  )
}

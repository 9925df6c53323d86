import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { ReadInvitationAnswer } from '../../server/organizations/schema.ts'
import { ask, dashboardApi } from '../api.ts'
import { Button } from '../design/button.tsx'
import { Form } from '../design/form.tsx'
import { Instant } from '../design/instant.tsx'
import { Notice } from '../design/notice.tsx'
import { Spinner } from '../design/spinner.tsx'
import { TextField } from '../design/text-field.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { forgetLinkToken, useLinkToken } from '../link-token.ts'
import { usePageTitle } from '../page-title.ts'
import { type Session, sessionQuery } from '../session.ts'
import { PasswordField } from './password-field.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { useEnter } from './use-enter.ts'

type Invitation = Static<typeof ReadInvitationAnswer>['invitation']

interface InvitationProps {
  readonly token: string
  readonly invitation: Invitation
}

/** What an invitation's link leads to: joining with the account one has, or with a new one. */
export function InvitationPage() {
  usePageTitle('Invitation')
  const token = useLinkToken()
  const session = useQuery(sessionQuery)
  const invitation = useMutation({
    mutationFn: (token: string) =>
      ask<Static<typeof ReadInvitationAnswer>>('POST', `${dashboardApi}/invitations/read`, { body: { token } }),
    gcTime: 0,
  })
  const { mutate, isIdle } = invitation
  // Asked with POST, so that the token is in no address; hence not a query.
  if (token !== null && isIdle) queueMicrotask(() => mutate(token))

  if (token === null) {
    return (
      <SignInFrame title="Invitation">
        <Notice tone="warning" title="This needs the whole link">
          <p>
            Open the link that you were given, with all that follows <code>#token=</code>.
          </p>
        </Notice>
      </SignInFrame>
    )
  }
  if (invitation.isError) {
    return (
      <SignInFrame title="Invitation">
        <ErrorNotice error={invitation.error} />
      </SignInFrame>
    )
  }
  if (invitation.data === undefined || session.isPending) {
    return (
      <SignInFrame title="Invitation">
        <Spinner label="Reading the invitation …" />
      </SignInFrame>
    )
  }
  const props = { token, invitation: invitation.data.invitation }
  return session.data === undefined ? <JoinAsNew {...props} /> : <JoinAs {...props} session={session.data} />
}

function JoinAs({ token, invitation, session }: InvitationProps & { readonly session: Session }) {
  const enter = useEnter()
  const accept = useMutation({
    mutationFn: () => ask('POST', `${dashboardApi}/invitations/accept`, { body: { token } }),
    onSuccess: () => {
      forgetLinkToken()
      enter()
    },
    gcTime: 0,
  })
  const queryClient = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => ask('POST', `${dashboardApi}/sign-out`),
    // Asks anew, since the page stays: it finds nobody signed in, and nothing that was known.
    onSuccess: () => queryClient.resetQueries(),
  })
  if (session.user.email.toLowerCase() !== invitation.email.toLowerCase()) {
    return (
      <SignInFrame title={<Join invitation={invitation} />}>
        <Notice tone="warning">
          <p>
            The invitation is for <bdi>{invitation.email}</bdi>, and you are signed in as <bdi>{session.user.email}</bdi>.
          </p>
        </Notice>
        <ErrorNotice error={signOut.error} />
        <Button onClick={() => signOut.mutate()} busy={signOut.isPending}>
          Sign out and go on
        </Button>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title={<Join invitation={invitation} />} description={<Offer invitation={invitation} />}>
      <ErrorNotice error={accept.error} />
      <Button onClick={() => accept.mutate()} busy={accept.isPending}>
        Accept the invitation
      </Button>
    </SignInFrame>
  )
}

function JoinAsNew({ token, invitation }: InvitationProps) {
  const enter = useEnter()
  const { email } = invitation
  const signUp = useMutation({
    mutationFn: ({ name, password }: Record<string, string>) =>
      ask('POST', `${dashboardApi}/sign-up`, { body: { invitationToken: token, email, name, password } }),
    onSuccess: () => {
      forgetLinkToken()
      enter()
    },
    gcTime: 0,
  })
  return (
    <SignInFrame
      title={<Join invitation={invitation} />}
      description={<Offer invitation={invitation} />}
      footer={
        <p>
          You have an account with this address?{' '}
          <Link to="/sign-in" search={{ next: '/invitations' }} className="link">
            Sign in to accept
          </Link>
        </p>
      }
    >
      <Form onSubmit={(values) => signUp.mutate(values)}>
        <TextField label="E-mail address" type="email" value={email} readOnly autoComplete="username" />
        <TextField label="Your name" name="name" required maxLength={100} autoComplete="name" autoFocus />
        <PasswordField isNew />
        <ErrorNotice error={signUp.error} />
        <Button type="submit" busy={signUp.isPending}>
          Create account and join
        </Button>
      </Form>
    </SignInFrame>
  )
}

function Join({ invitation }: { readonly invitation: Invitation }) {
  return (
    <>
      Join <bdi>{invitation.organizationName}</bdi>
    </>
  )
}

function Offer({ invitation }: { readonly invitation: Invitation }) {
  return (
    <>
      You are invited as {/^[ao]/.test(invitation.role) ? 'an' : 'a'} {invitation.role}. The invitation expires{' '}
      <Instant at={invitation.expiresAt} />.
    </>
  )
}

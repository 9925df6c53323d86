import { type TSchema, Type } from 'typebox'
import { maxNetworks } from '../networks.ts'
import { passwordLength } from './check-password.ts'
import { roles } from './roles.ts'

const body = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

const instant = (description: string) =>
  Type.String({ description: `${description} ISO 8601, UTC.`, examples: ['2026-01-31T12:00:00.000Z'] })

const id = (description: string, example: string) => Type.String({ description, pattern: '^[0-9A-Za-z_]{1,64}$', examples: [example] })

const organizationId = id('The id of an organization.', 'org_8hJq2VbT0mZxLw4KcR1s')
const memberId = id('The id of a membership. Being added again makes another.', 'mem_8hJq2VbT0mZxLw4KcR1s')
const userId = id('The id of a user.', 'user_8hJq2VbT0mZxLw4KcR1s')
const role = Type.Enum(roles, { type: 'string', description: 'What a member may do, most powerful first: owner, admin, member, viewer.' })

const name = Type.String({
  description: 'What people call it: 1 to 100 characters, spaces around it aside.',
  minLength: 1,
  examples: ['Ada Lovelace'],
})

// The addresses that better-auth lets sign in: one that it does not take must not get an account.
const email = Type.String({
  description: 'An e-mail address. Upper and lower case are the same.',
  pattern: "^(?:[A-Za-z0-9_'+\\-]+\\.)*[A-Za-z0-9_'+\\-]*[A-Za-z0-9_+\\-]@(?:[A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
  maxLength: 254,
  examples: ['ada@example.com'],
})

const newPassword = Type.String({
  description: `The password to be: ${passwordLength.min} to ${passwordLength.max} characters.`,
  minLength: passwordLength.min,
  maxLength: passwordLength.max,
  examples: ['correct horse battery staple'],
})

const password = Type.String({ description: 'The current password.', examples: ['correct horse battery staple'] })

const token = Type.String({ description: 'What follows `#token=` in the link.', maxLength: 200, examples: ['8Zk1…'] })

export const SetUpBody = body({ token, name, email, password: newPassword, organizationName: name })
export const SignUpBody = body({
  name,
  email,
  password: newPassword,
  invitationToken: Type.Optional(token),
  organizationName: Type.Optional(name),
})
export const ReadSignUpAnswer = body({
  open: Type.Boolean({ description: 'False where one needs an invitation, or the first account is not made yet.' }),
})
export const SignInBody = body({ email: Type.String({ description: 'The e-mail address of the account.', maxLength: 254 }), password })
export const ChangePasswordBody = body({ password, newPassword })
export const ReadPasswordResetAnswer = body({
  byMail: Type.Boolean({ description: 'Whether a link that sets a new password can be had by mail.' }),
})
export const MailPasswordResetBody = body({ email })
export const MailPasswordResetAnswer = Type.Object({ detail: Type.String() })
export const ResetPasswordBody = body({ token, password: newPassword })
export const UpdateAccountBody = body({ name })
export const DeleteAccountBody = body({ password })
export const OrganizationBody = body({ name })
export const ActivateOrganizationBody = body({ organizationId })
export const ChangeRoleBody = body({ role })
export const CreateInvitationBody = body({ email, role })
export const TokenBody = body({ token })

const days = (description: string) => Type.Integer({ description, minimum: 1, maximum: 3_650, examples: [90] })
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const policy = {
  maxLifetimeDays: orNull(
    days('How many days after its creation a key may expire at most; a key without expiry then is blocked. Null: as late as it likes.'),
  ),
  needsExpiry: Type.Boolean({ description: 'Whether every key must expire; one without an expiry is blocked.' }),
  maxLiveKeysPerMember: orNull(
    Type.Integer({
      description: 'How many live keys a member may have; looked at when a key is generated. Null: as many as the server allows.',
      minimum: 1,
      maximum: 1_000_000,
      examples: [10],
    }),
  ),
  maxIdleDays: orNull(days('After how many days without use a key is blocked, until an admin lifts it. Null: never.')),
  networks: orNull(
    Type.Array(Type.String({ description: 'A network or an address.', examples: ['10.0.0.0/8', '2001:db8::/32'] }), {
      description: 'Where keys may be used from. Null: anywhere.',
      minItems: 1,
      maxItems: maxNetworks,
    }),
  ),
}

export const PolicyBody = Type.Object(
  {
    maxLifetimeDays: Type.Optional(policy.maxLifetimeDays),
    needsExpiry: Type.Optional(policy.needsExpiry),
    maxLiveKeysPerMember: Type.Optional(policy.maxLiveKeysPerMember),
    maxIdleDays: Type.Optional(policy.maxIdleDays),
    networks: Type.Optional(policy.networks),
  },
  { additionalProperties: false, minProperties: 1, description: 'What is not named stays as it is.' },
)
export const PolicyAnswer = body({ policy: body(policy) })

/** In a path any text: what no id can be answers as an id that nothing has. */
const pathId = (schema: TSchema) => {
  const { description, examples } = schema as { description?: string; examples?: string[] }
  return Type.String({ ...(description && { description }), ...(examples && { examples }) })
}

export const SessionParams = Type.Object({ id: pathId(id('The id of a session.', 'ses_8hJq2VbT0mZxLw4KcR1s')) })
export const OrganizationParams = Type.Object({ id: pathId(organizationId) })
export const MemberParams = Type.Object({ id: pathId(organizationId), memberId: pathId(memberId) })
export const InvitationParams = Type.Object({
  id: pathId(organizationId),
  invitationId: pathId(id('The id of an invitation.', 'inv_8hJq2VbT0mZxLw4KcR1s')),
})

export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ description: 'How many to answer with at most.', minimum: 1, maximum: 100, default: 50 })),
    cursor: Type.Optional(Type.String({ description: 'The nextCursor of the answer before.', maxLength: 200 })),
  },
  { additionalProperties: false },
)

const nextCursor = Type.Union([Type.String(), Type.Null()], { description: 'For the next page; null on the last.' })

const User = Type.Object({ id: userId, name, email })
const Organization = Type.Object({ id: organizationId, name, role, createdAt: instant('When it was made.') })
const Member = Type.Object({ id: memberId, userId, name, email, role, createdAt: instant('When the user joined.') })
const Session = Type.Object({
  id: id('The id of a session.', 'ses_8hJq2VbT0mZxLw4KcR1s'),
  current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
  createdAt: instant('When it began.'),
  expiresAt: instant('When it ends.'),
  ipAddress: Type.String({ description: 'The address it began from; of an IPv6 address the network (/64).' }),
  userAgent: Type.String({ description: 'The browser it began in, as that names itself.' }),
})
const Invitation = Type.Object({
  id: id('The id of an invitation.', 'inv_8hJq2VbT0mZxLw4KcR1s'),
  email,
  role,
  invitedBy: userId,
  createdAt: instant('When it was made.'),
  expiresAt: instant('When it stops being valid.'),
})

export const SessionAnswer = Type.Object({
  user: User,
  organization: Type.Union([Organization, Type.Null()], { description: 'The active organization; null when there is none.' }),
  notices: Type.Integer({ description: 'How many notices wait to be read.' }),
})
export const UserAnswer = Type.Object({ user: User })
export const SessionsAnswer = Type.Object({ sessions: Type.Array(Session), nextCursor })
export const OrganizationAnswer = Type.Object({ organization: Organization })
export const OrganizationsAnswer = Type.Object({ organizations: Type.Array(Organization), nextCursor })
export const MembersAnswer = Type.Object({ members: Type.Array(Member), nextCursor })
export const InvitationsAnswer = Type.Object({ invitations: Type.Array(Invitation), nextCursor })
export const CreatedInvitationAnswer = Type.Object({
  invitation: Invitation,
  link: Type.String({
    description: 'To be copied to who is invited. It is told this once.',
    examples: ['http://localhost:3000/invitations#token=8Zk1…'],
  }),
  isMailed: Type.Boolean({ description: 'Whether it is mailed to the address too.' }),
})
export const ReadInvitationAnswer = Type.Object({
  invitation: Type.Object({ organizationName: name, email, role, expiresAt: instant('When it stops being valid.') }),
})
export const NoAnswer = Type.Null({ description: 'Done.' })

import { type Static, type TSchema, Type } from 'typebox'
import { blockReasons } from '../admission/limits.ts'
import { maxNetworks } from '../networks.ts'
import { keyPermissions } from '../organizations/roles.ts'
import { endedSecrets } from './ended-secrets.ts'
import { maxExpiryDays } from './expiry.ts'
import { keyStatuses } from './key-status.ts'
import { maxNoteLength, revocationReasons } from './revocation-reason.ts'

/** 7 days. */
const maxOldSecretSeconds = 604_800

/** 24 hours. */
export const defaultOldSecretSeconds = 86_400

const exampleInstant = '2027-01-31T12:00:00.000Z'

const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const instant = (description: string) => Type.String({ description: `${description} ISO 8601, UTC.`, examples: [exampleInstant] })

/** Ids of users, organizations and memberships. */
const otherId = (description: string) => Type.String({ description, pattern: '^[0-9A-Za-z_-]{1,64}$' })

const name = Type.String({
  description: 'What people call the key: 1 to 100 characters, spaces around it aside. Several keys may have the same name.',
  minLength: 1,
  examples: ['Nightly import'],
})

const expiresInDays = Type.Integer({
  description: 'How many days from now the key expires; a day is 86,400 seconds. Not together with expiresAt.',
  minimum: 1,
  maximum: maxExpiryDays,
  examples: [90],
})

const askedInstant = Type.String({
  description:
    'The instant at which the key expires: ISO 8601 with a time zone, in the future and at most ten years away. Not together with expiresInDays.',
  examples: [exampleInstant, '2027-01-31T13:00:00+01:00'],
})

export const KeyParamsSchema = Type.Object({
  id: Type.String({ description: 'The id of a key.', examples: ['key_4rT9xKq2mZ8vLc1NwB6hJd3P'] }),
})

export const GenerateKeyBodySchema = Type.Object(
  {
    name,
    organizationId: otherId(
      'The organization the key is for. It must be the one that is active in the session, so that no key is made for the wrong one.',
    ),
    expiresAt: Type.Optional(askedInstant),
    expiresInDays: Type.Optional(expiresInDays),
    permissions: Type.Optional(
      Type.Array(Type.Enum(keyPermissions, { type: 'string' }), {
        description:
          'What it may do of what you may do; you must have each of them now. Left out: everything that you may do at that moment.',
        uniqueItems: true,
        examples: [['documents:read']],
      }),
    ),
    networks: Type.Optional(
      Type.Array(Type.String({ description: 'A network or an address.', examples: ['10.0.0.0/8', '2001:db8::/32'] }), {
        description: 'Where it may be used from. Left out: anywhere.',
        minItems: 1,
        maxItems: maxNetworks,
      }),
    ),
  },
  { additionalProperties: false },
)

export const UpdateKeyBodySchema = Type.Object(
  { name: Type.Optional(name), expiresAt: Type.Optional(askedInstant), expiresInDays: Type.Optional(expiresInDays) },
  { additionalProperties: false, minProperties: 1, description: 'The expiry can be made earlier, never later.' },
)

const why = {
  reason: Type.Optional(
    Type.Enum(revocationReasons, { type: 'string', description: 'Why. left: who used it left. other: the note says why.' }),
  ),
  note: Type.Optional(
    Type.String({
      description: `Why, in words of one's own: 1 to ${maxNoteLength} characters.`,
      examples: ['It stood in a log of the CI'],
    }),
  ),
}

export const RevokeKeyBodySchema = Type.Object(why, { additionalProperties: false, description: 'Need not be sent.' })

export const RevokeMemberKeysBodySchema = Type.Object(
  { memberId: otherId('The membership whose keys are revoked; it may be gone.'), ...why },
  { additionalProperties: false },
)

export const RevokedKeysAnswerSchema = Type.Object({ revoked: Type.Integer({ description: 'How many keys were revoked now.' }) })

export const IdentifyKeyBodySchema = Type.Object(
  { secret: Type.String({ description: 'A secret that was found. It is kept nowhere.', maxLength: 1_000 }) },
  { additionalProperties: false },
)

export const RotateKeyBodySchema = Type.Object(
  {
    newestNumber: Type.Optional(
      Type.Integer({
        description:
          'The number of the newest secret that you know of. If the key has a newer one, nothing is done: so a rotation that comes late, after another one, ends no secret that is in use.',
        minimum: 1,
        examples: [1],
      }),
    ),
    ends: Type.Optional(
      Type.Enum(endedSecrets, {
        type: 'string',
        description:
          'Which secret ends at once where there are two: the older one, or the newest, for who lost the answer that told it and still uses the older.',
        default: 'older',
      }),
    ),
    oldEndsInSeconds: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: maxOldSecretSeconds }), Type.Null()], {
        description: `How long the secret before goes on: 0 ends it at once; at most ${maxOldSecretSeconds}, 7 days; null: until it is ended by hand. An older one ends at once.`,
        default: defaultOldSecretSeconds,
        examples: [0, 3_600, 86_400, 604_800],
      }),
    ),
  },
  { additionalProperties: false, description: 'Need not be sent.' },
)

export const SecretParamsSchema = Type.Object({
  id: Type.String({ description: 'The id of a key.', examples: ['key_4rT9xKq2mZ8vLc1NwB6hJd3P'] }),
  number: Type.Integer({ description: 'Which of its secrets: the number that the key tells.', minimum: 1, examples: [1] }),
})

export const ListKeysQuerySchema = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ description: 'How many keys to answer with at most.', minimum: 1, maximum: 100, default: 50 })),
    cursor: Type.Optional(Type.String({ description: 'The nextCursor of the answer before; the other parameters must be as they were.' })),
    status: Type.Optional(
      Type.Enum(keyStatuses, {
        type: 'string',
        description:
          'Only keys of this status. Left out: of any; with expiry, expiresWithinDays or unusedForDays those that are active or blocked.',
      }),
    ),
    memberId: Type.Optional(otherId('Only keys that were made under this membership.')),
    expiry: Type.Optional(Type.Enum(['none'], { type: 'string', description: 'none: only keys that never expire.' })),
    expiresWithinDays: Type.Optional(
      Type.Integer({
        description:
          'Only keys whose expiresAt is to come, this many days of 86,400 seconds from now at most. The policy does not move it: a key that lives too long for it is blocked.',
        minimum: 1,
        maximum: maxExpiryDays,
        examples: [14],
      }),
    ),
    unusedForDays: Type.Optional(
      Type.Integer({
        description:
          'Only keys whose lastUsedAt, or createdAt where they were never used, is this many days of 86,400 seconds ago at least.',
        minimum: 1,
        maximum: 3_650,
        examples: [30],
      }),
    ),
    search: Type.Optional(
      Type.String({
        description:
          'Only keys with this in their name, whatever the case, or as the end of a secret that has not ended: its last four characters or some of them. Never send a secret.',
        maxLength: 100,
        examples: ['a3F9'],
      }),
    ),
  },
  { additionalProperties: false },
)

export const QuotaSchema = Type.Object(
  {
    day: Type.String({ description: 'The UTC day that is counted.', examples: ['2027-01-31'] }),
    used: Type.Integer({ description: 'Requests that were let in that day.' }),
    quota: Type.Integer({ description: 'Requests that are let in a day.', examples: [2_000] }),
    left: Type.Integer({ description: 'Requests that are left of that day.' }),
    resetsAt: instant('When the next day begins.'),
  },
  { description: 'What the key has used of its quota.' },
)

const SecretSchema = Type.Object({
  number: Type.Integer({ description: 'The first secret of a key is 1; each rotation makes a higher one.' }),
  lastFour: Type.String({ description: 'Its last four characters.', examples: ['a3F9'] }),
  createdAt: instant('When it was generated.'),
  endsAt: nullable(instant('From when on it is refused; null: as long as the key is live, or until it is ended by hand.')),
  lastUsedAt: nullable(instant('When the last request with it was let in.')),
  lastUsedAddress: nullable(Type.String({ description: 'The address that request came from.', examples: ['203.0.113.7'] })),
})

export const KeySchema = Type.Object({
  id: Type.String({ description: 'Stays the same for the life of the key.', examples: ['key_4rT9xKq2mZ8vLc1NwB6hJd3P'] }),
  organizationId: Type.String(),
  name,
  lastFour: Type.String({ description: 'The last four characters of the newest secret.', examples: ['a3F9'] }),
  status: Type.Enum(keyStatuses, {
    type: 'string',
    description:
      'Only an active key is let in. owner_left: who made it is not a member any more, or only anew. blocked: the policy of the organization does not allow it as it is now.',
  }),
  blockReason: nullable(
    Type.Enum(blockReasons, {
      type: 'string',
      description:
        'Which rule of the policy blocks it. no_expiry: it must expire. lifetime: it lives too long. idle: it was not used for too long.',
    }),
  ),
  permissions: nullable(
    Type.Array(Type.Enum(keyPermissions, { type: 'string' }), {
      description: 'What it may do of what its owner may do, beside telling about itself; null: everything.',
    }),
  ),
  networks: nullable(Type.Array(Type.String(), { description: 'Where it may be used from; null: anywhere, as far as the policy goes.' })),
  owner: Type.Object(
    {
      userId: Type.String(),
      name: nullable(Type.String({ description: 'Null when the account is gone.' })),
      memberId: Type.String({ description: 'The membership the key was made under.' }),
    },
    { description: 'Who made the key. It never may do more than they.' },
  ),
  createdAt: instant('When it was generated.'),
  expiresAt: nullable(instant('From when on it is refused; null: never.')),
  revokedAt: nullable(instant('When it was revoked.')),
  revokedBy: nullable(
    Type.Object({ userId: Type.String(), name: nullable(Type.String({ description: 'Null when the account is gone.' })) }),
  ),
  revokedReason: nullable(Type.Enum(revocationReasons, { type: 'string', description: 'Why; null: that was not told.' })),
  revokedNote: nullable(Type.String({ description: 'Why, in words of who revoked it.' })),
  lastUsedAt: nullable(instant('When its last request was let in.')),
  lastUsedAddress: nullable(Type.String({ description: 'The address that request came from.', examples: ['203.0.113.7'] })),
  today: QuotaSchema,
  secrets: Type.Array(SecretSchema, {
    description: 'Those that have not ended, the newest first: one, or two after a rotation. They share the quota.',
  }),
})

/** A key as answers tell it. */
export type KeyAnswer = Static<typeof KeySchema>

export const KeyAnswerSchema = Type.Object({ key: KeySchema })

export const IdentifiedKeyAnswerSchema = Type.Object({
  key: KeySchema,
  secretNumber: Type.Integer({ description: 'Which of its secrets; one that is not among `secrets` has ended.' }),
})

const refused = Type.Array(
  Type.Object({
    code: Type.String({ description: 'The code of the error.', examples: ['quota_exceeded'] }),
    count: Type.Integer(),
  }),
  { description: 'What was refused, by reason; it may lag by a second.' },
)

export const KeyUseAnswerSchema = Type.Object({
  days: Type.Array(
    Type.Object({
      day: Type.String({ description: 'UTC.', examples: ['2027-01-31'] }),
      admitted: Type.Integer({ description: 'Exact.' }),
      refused,
    }),
    { description: 'The last 30 days, today last.' },
  ),
  hours: Type.Array(
    Type.Object({
      startsAt: instant('When the hour began.'),
      admitted: Type.Integer({ description: 'Exact; the hours of a day add up to the day.' }),
      refused,
    }),
    { description: 'The last 48 hours, the present one last.' },
  ),
})

export type KeyUseAnswer = Static<typeof KeyUseAnswerSchema>

export const KeyRequestsAnswerSchema = Type.Object({
  requests: Type.Array(
    Type.Object({
      at: instant('When it was answered.'),
      secretNumber: Type.Integer({ description: 'Which of the secrets of the key was sent.' }),
      method: Type.String({ examples: ['POST'] }),
      route: Type.String({ description: 'The pattern of the route.', examples: ['/api/public/v1/knowledge-base/:id'] }),
      status: Type.Integer({ description: 'The HTTP status of the answer.', examples: [201] }),
      code: nullable(Type.String({ description: 'The code of the error, if it was one.' })),
      address: Type.String({ description: 'Where it came from.', examples: ['203.0.113.7'] }),
      requestId: Type.String(),
    }),
    { description: 'At most 100, the newest first. They may lag by a second; under load by five, and not every one is here.' },
  ),
})

export type KeyRequestsAnswer = Static<typeof KeyRequestsAnswerSchema>

export const GeneratedKeyAnswerSchema = Type.Object({
  key: KeySchema,
  secret: Type.String({
    description: 'What goes into the x-api-key header. It is told here and never again; keep it safe.',
    pattern: '^leafpad_[0-9A-Za-z]{49}$',
  }),
})

export const ReportLeakBodySchema = Type.Object(
  { secret: Type.String({ description: 'What was found: a text like leafpad_ and 49 letters and digits.', maxLength: 1_000 }) },
  { additionalProperties: false },
)

export const LeakAnswerSchema = Type.Object({ detail: Type.String({ description: 'The same whatever was reported.' }) })

export const KeyListAnswerSchema = Type.Object({
  keys: Type.Array(KeySchema, { description: 'The newest first.' }),
  nextCursor: nullable(Type.String({ description: 'Asks for what follows; null: nothing does.' })),
})

export const MeAnswerSchema = Type.Object({
  key: Type.Object({
    id: Type.String(),
    name: Type.String(),
    lastFour: Type.String({ description: 'The last four characters of the secret that was sent.' }),
    createdAt: instant('When the key was generated.'),
  }),
  user: Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() }, { description: 'Who made the key.' }),
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  role: Type.String({ description: 'What the user is in the organization now; the key may do what this role may.', examples: ['member'] }),
  expiresAt: nullable(instant('From when on the key is refused; null: never.')),
  secretEndsAt: nullable(
    instant('From when on the secret that was sent is refused, since the key was rotated; null: as long as the key is live.'),
  ),
  quota: QuotaSchema,
})

export type MeAnswer = Static<typeof MeAnswerSchema>

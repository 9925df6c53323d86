import { Type } from 'typebox'
import { bannerKinds } from './notice.ts'

const instant = (description: string) =>
  Type.String({ description: `${description} ISO 8601, UTC.`, examples: ['2026-01-31T12:00:00.000Z'] })

const nullableText = (description: string) => Type.Union([Type.String(), Type.Null()], { description })

export const NoticeParams = Type.Object(
  { id: Type.String({ description: 'The id of a notice.', pattern: '^[0-9A-Za-z_]{1,64}$', examples: ['ntc_8hJq2VbT0mZxLw4KcR1s'] }) },
  { additionalProperties: false },
)

export const NoticeSchema = Type.Object({
  id: Type.String({ examples: ['ntc_8hJq2VbT0mZxLw4KcR1s'] }),
  kind: Type.Enum(bannerKinds, {
    type: 'string',
    description:
      'key_generated: with your account. key_revoked, keys_revoked: by another. key_exposed: reported as leaked, and revoked. key_expires: soon. key_quota: nearly or all of the day is used.',
  }),
  createdAt: instant('When it was found.'),
  endsAt: instant('From when on it is not told any more; for key_expires the expiry, for key_quota the end of the day.'),
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  key: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()], {
    description: 'Null where it is about several.',
  }),
  facts: Type.Object(
    {
      address: Type.Optional(nullableText('key_generated: where the request came from.')),
      by: Type.Optional(Type.String({ description: 'key_revoked, keys_revoked: who revoked.' })),
      reason: Type.Optional(nullableText('key_revoked, keys_revoked: why, if that was told.')),
      note: Type.Optional(nullableText('The same in words of their own.')),
      count: Type.Optional(Type.Integer({ description: 'keys_revoked: how many.' })),
      isOwn: Type.Optional(Type.Boolean({ description: 'key_exposed: whether the key is yours.' })),
      days: Type.Optional(Type.Integer({ description: 'key_expires: within how many days.' })),
      percent: Type.Optional(Type.Integer({ description: 'key_quota: how much of it is used, 80 or 100.' })),
      quota: Type.Optional(Type.Integer({ description: 'key_quota: requests that are let in a day.' })),
    },
    { additionalProperties: false },
  ),
})

export const NoticesAnswer = Type.Object({
  notices: Type.Array(NoticeSchema, { description: 'The newest first, at most 100. Where notices are mailed, there are none.' }),
})

export const NoAnswer = Type.Null({ description: 'Done.' })

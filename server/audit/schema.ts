import { type Static, type TSchema, Type } from 'typebox'
import { allAccountActions } from './account-actions.ts'
import { allActions, targetKinds } from './actions.ts'

const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const instant = (description: string) =>
  Type.String({ description: `${description} ISO 8601, UTC.`, examples: ['2026-01-31T12:00:00.000Z'] })

const askedInstant = (description: string) =>
  Type.String({
    description: `${description} ISO 8601 with a time zone, or a day in UTC.`,
    maxLength: 40,
    examples: ['2026-01-31T12:00:00Z', '2026-01-31'],
  })

const askedId = (description: string, example: string) =>
  Type.String({ description, pattern: '^[0-9A-Za-z_-]{1,100}$', examples: [example] })

const address = nullable(Type.String({ description: 'The address the request came from; null: no request asked for it.' }))
const requestId = nullable(Type.String({ description: "The request's name in the log of the server.", examples: ['req_8a3f…'] }))

const filters = {
  action: Type.Optional(Type.Enum(allActions, { type: 'string', description: 'Only entries of this action: docs/audit.md.' })),
  kind: Type.Optional(Type.Enum(targetKinds, { type: 'string', description: 'Only entries about this kind of thing.' })),
  userId: Type.Optional(askedId('Only what this user did.', 'user_8hJq2VbT0mZxLw4KcR1s')),
  targetId: Type.Optional(askedId('Only what was done to this key, user, invitation or organization.', 'key_4rT9xKq2mZ8vLc1NwB6hJd3P')),
  from: Type.Optional(askedInstant('Only what happened at this instant or later.')),
  until: Type.Optional(askedInstant('Only what happened before this instant.')),
}

const page = {
  limit: Type.Optional(Type.Integer({ description: 'How many to answer with at most.', minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(
    Type.String({ description: 'The nextCursor of the answer before; the other parameters must be as they were.', maxLength: 100 }),
  ),
}

export const ListEntriesQuery = Type.Object({ ...page, ...filters }, { additionalProperties: false })
export const ExportEntriesQuery = Type.Object(filters, { additionalProperties: false })
export const ListAccountEventsQuery = Type.Object(page, { additionalProperties: false })

const details = Type.Record(Type.String(), Type.Unknown(), {
  description: 'What belongs to the action: docs/audit.md. What changed is an object with `from` and `to`.',
  examples: [{ name: { from: 'CI', to: 'Nightly import' } }],
})

export const EntrySchema = Type.Object({
  id: Type.Integer({ description: 'Later changes of the same thing have higher ones.' }),
  at: instant('When it happened.'),
  organizationId: Type.String(),
  action: Type.Enum(allActions, { type: 'string', description: 'What was done.' }),
  actor: nullable(
    Type.Object(
      { userId: Type.String(), name: nullable(Type.String({ description: 'Null when the account is gone.' })) },
      { description: 'Who did it; null: the server.' },
    ),
  ),
  target: Type.Object(
    {
      kind: Type.Enum(targetKinds, { type: 'string' }),
      id: Type.String(),
      name: nullable(
        Type.String({ description: 'What it is called now, of a pending invitation its e-mail address; null when it is gone.' }),
      ),
    },
    { description: 'What it was done to; of what is done to a member, the user.' },
  ),
  details,
  address,
  requestId,
})

/** An entry as answers and lines of an export tell it. */
export type EntryAnswer = Static<typeof EntrySchema>

const nextCursor = nullable(Type.String({ description: 'Asks for what follows; null: nothing does.' }))

export const EntryListAnswer = Type.Object({ entries: Type.Array(EntrySchema, { description: 'The newest first.' }), nextCursor })

export const EntryExportResponse = {
  description: 'An entry a line, as the list has them, the oldest first.',
  headers: { 'content-disposition': Type.String({ description: '`attachment`, with a name for the file.' }) },
  content: { 'application/x-ndjson': { schema: Type.String({ format: 'binary' }) } },
}

export const AccountEventSchema = Type.Object({
  id: Type.Integer({ description: 'Later ones have higher ones.' }),
  at: instant('When it happened.'),
  action: Type.Enum(allAccountActions, { type: 'string', description: 'What happened: docs/audit.md.' }),
  details: Type.Record(Type.String(), Type.Unknown(), { description: 'What belongs to the action: docs/audit.md.' }),
  address,
  requestId,
})

export type AccountEventAnswer = Static<typeof AccountEventSchema>

export const AccountEventListAnswer = Type.Object({
  events: Type.Array(AccountEventSchema, { description: 'The newest first.' }),
  nextCursor,
})

import { hashToken } from './token.ts'

interface Condition {
  readonly field: string
  readonly operator?: string | undefined
  readonly value: unknown
}

interface Query {
  readonly model: string
  readonly where?: readonly Condition[] | undefined
  readonly data?: Readonly<Record<string, unknown>>
  readonly update?: Readonly<Record<string, unknown>>
}

/** The part of better-auth's database adapter that reads or writes a session's token. */
type Method = (query: Query) => Promise<unknown>

const methods = [
  'create',
  'findOne',
  'findMany',
  'count',
  'update',
  'updateMany',
  'delete',
  'deleteMany',
  'consumeOne',
  'incrementOne',
] as const

/**
 * Wraps a database adapter of better-auth so that sessions are stored, and looked for, by the SHA-256 of their token. A session
 * asked for by its token comes back with that token, so that better-auth can put it into the cookie; any other has the hash.
 */
export function hashSessionTokens<Adapter extends object>(adapter: Adapter): Adapter {
  const wrapped = { ...adapter } as Record<string, unknown>
  for (const name of methods) {
    const method = wrapped[name] as Method
    wrapped[name] = async (query: Query) => {
      if (query.model !== 'session') return method(query)
      const answer = await method(hashed(query))
      const token = plainToken(query)
      return token !== undefined && isSession(answer) ? { ...answer, token } : answer
    }
  }
  // better-auth may run its own steps in a transaction; those get the same treatment.
  const transaction = wrapped.transaction as (run: (inside: object) => Promise<unknown>) => Promise<unknown>
  wrapped.transaction = (run: (inside: object) => Promise<unknown>) => transaction((inside) => run(hashSessionTokens(inside)))
  return wrapped as Adapter
}

function hashed(query: Query): Query {
  return {
    ...query,
    ...(query.where && { where: query.where.map(hashedCondition) }),
    ...(query.data && { data: hashedRow(query.data) }),
    ...(query.update && { update: hashedRow(query.update) }),
  }
}

function hashedCondition(condition: Condition): Condition {
  if (condition.field !== 'token') return condition
  const { value } = condition
  if (typeof value === 'string') return { ...condition, value: hashToken(value) }
  if (Array.isArray(value)) return { ...condition, value: value.map((token: string) => hashToken(token)) }
  throw new Error('a session can be asked for by its token or a list of tokens only')
}

function hashedRow(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof row.token === 'string' ? { ...row, token: hashToken(row.token) } : row
}

function plainToken(query: Query): string | undefined {
  const token = query.data?.token ?? query.update?.token ?? query.where?.find((condition) => condition.field === 'token')?.value
  return typeof token === 'string' ? token : undefined
}

function isSession(answer: unknown): answer is { token: string } {
  return typeof answer === 'object' && answer !== null && 'token' in answer
}

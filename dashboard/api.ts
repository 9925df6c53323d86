import type { ErrorCode } from '../server/errors.ts'

export const dashboardApi = '/api/dashboard/v1'
export const publicApi = '/api/public/v1'
/** Says which organization a request is about. */
export const organizationHeader = 'x-organization-id'

/** A code of the server's, or `unreachable`: there was no answer, or none that LeafPad gives. */
export type ApiErrorCode = ErrorCode | 'unreachable'

/** What a request came to when it was not what was wanted. `message` says it in a sentence fit to be shown. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ApiErrorCode
  /** HTTP; 0 when there was no answer. */
  readonly status: number
  /** When it makes sense to try again, by this machine's clock. */
  readonly retryAt: Date | undefined
  /** All that the answer told. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(code: ApiErrorCode, status: number, detail: string, problem: Readonly<Record<string, unknown>> = {}, retryAt?: Date) {
    super(detail)
    this.code = code
    this.status = status
    this.problem = problem
    this.retryAt = retryAt
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What it is about; the answer is `other_organization_active` when another tab has made another one active. */
  readonly organizationId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks the API and resolves to its answer's JSON; null when there is none (204). The session's cookie goes along by itself.
 * Rejects with ApiError.
 * @param path begins with `dashboardApi` or `publicApi`
 */
export async function ask<Answer = null>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { body, headers, organizationId, signal } = options
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(organizationId !== undefined && { [organizationHeader]: organizationId }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: 'no-store',
      ...(signal !== undefined && { signal }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  return readAnswer<Answer>(response.status, response.headers.get('retry-after'), await response.text().catch(() => ''))
}

/** The JSON of an answer, or the ApiError that it stands for, thrown; for what cannot be asked with `ask`, such as an upload. */
export function readAnswer<Answer>(status: number, retryAfter: string | null, text: string): Answer {
  const json = parse(text)
  if (status >= 200 && status < 300) {
    if (text !== '' && json === undefined) throw unreachable(status)
    return (json ?? null) as Answer
  }
  const problem = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (typeof problem.code !== 'string' || typeof problem.detail !== 'string') throw unreachable(status)
  const seconds = Number(retryAfter)
  const retryAt = retryAfter !== null && seconds > 0 ? new Date(Date.now() + seconds * 1000) : undefined
  throw new ApiError(problem.code as ErrorCode, status, problem.detail, problem, retryAt)
}

/** Adds a query string of what is there. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const entries = Object.entries(query).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, String(value)]]))
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`
}

/** Whether something that was thrown is the API's error of this code. */
export function isApiError(error: unknown, code: ApiErrorCode): error is ApiError {
  return error instanceof ApiError && error.code === code
}

export interface FieldError {
  /** Such as `name`, or `networks.1`. */
  readonly path: string
  /** What is wrong with it: `must be at most 3650`. */
  readonly message: string
}

/** What an answer finds wrong with the fields of what was sent, in its order; nothing where it says no such thing. */
export function fieldErrors(error: unknown): readonly FieldError[] {
  const errors = error instanceof ApiError ? error.problem.errors : undefined
  if (!Array.isArray(errors)) return []
  return errors.map(({ path, message }: FieldError) => ({ path: String(path).replaceAll('/', '.'), message: String(message) }))
}

/** There was no answer, or one that is not of LeafPad. */
export function unreachable(status = 0): ApiError {
  const detail =
    status === 0
      ? 'LeafPad cannot be reached. Check your connection, then try again.'
      : `What answered is not LeafPad (status ${status}); a proxy before it may be misconfigured. Try again in a moment.`
  return new ApiError('unreachable', status, detail)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

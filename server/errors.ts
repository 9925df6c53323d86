/**
 * Every error that can leave the server: code → HTTP status and title. The code is the contract (RFC 9457 `type` is built from
 * it, save where a type is registered); `docs/errors.md` explains each, which a test checks.
 */
const table = {
  malformed_request: [400, 'The request is malformed'],
  malformed_json: [400, 'The body is not valid JSON'],
  invalid_body: [400, 'The body does not have the expected shape'],
  invalid_query: [400, 'The query string does not have the expected shape'],
  invalid_text: [400, 'The text cannot be accepted'],
  invalid_file_name: [400, 'The name of the file cannot be accepted'],
  empty_file: [400, 'The file is empty'],
  invalid_expiry: [400, 'The expiry cannot be accepted'],
  malformed_multipart: [400, 'The multipart body is malformed'],
  duplicate_header: [400, 'A header was sent twice'],
  conflicting_credentials: [400, 'Two different API keys were sent'],
  missing_credential: [401, 'No API key was sent'],
  invalid_key: [401, 'The API key is not valid'],
  key_expired: [401, 'The API key has expired'],
  key_revoked: [401, 'The API key has been revoked'],
  secret_ended: [401, 'The secret of the API key was replaced'],
  key_owner_left: [401, 'The owner of the API key is no longer a member of the organization'],
  invalid_metrics_token: [401, 'The metrics token is missing or wrong'],
  not_signed_in: [401, 'You are not signed in'],
  wrong_email_or_password: [401, 'The e-mail address or the password is wrong'],
  missing_permission: [403, 'The permission for this is missing'],
  against_policy: [403, 'The policy of the organization does not allow it'],
  key_blocked: [403, 'The API key is blocked by the policy of its organization'],
  network_not_allowed: [403, 'The API key is not allowed from this network'],
  cross_origin: [403, 'The request comes from another site'],
  not_key_owner: [403, 'The API key is somebody else’s'],
  wrong_password: [403, 'The password is wrong'],
  invitation_for_another: [403, 'The invitation is for another e-mail address'],
  invalid_token: [403, 'The link is not valid any more'],
  sign_up_by_invitation: [403, 'Signing up needs an invitation'],
  not_found: [404, 'There is nothing here'],
  method_not_allowed: [405, 'The method is not allowed here'],
  request_timeout: [408, 'The request took too long'],
  no_organization_active: [409, 'No organization is active'],
  other_organization_active: [409, 'Another organization is active'],
  last_owner: [409, 'The last owner cannot go'],
  already_exists: [409, 'It exists already'],
  key_limit_reached: [409, 'There are too many live keys'],
  key_not_live: [409, 'The API key is not live any more'],
  mail_not_set_up: [409, 'The server sends no mails'],
  newest_secret: [409, 'It is the newest secret of the API key'],
  rotated_meanwhile: [409, 'The API key was rotated meanwhile'],
  body_too_large: [413, 'The body is too large'],
  storage_full: [413, 'The storage of the organization is full'],
  unsupported_media_type: [415, 'The media type is not supported'],
  content_mismatch: [415, 'The content does not match the name of the file'],
  quota_exceeded: [429, 'The quota of the day is used up'],
  too_many_requests: [429, 'There were too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal_error: [500, 'Something went wrong'],
  database_unavailable: [503, 'The database cannot be asked'],
  files_unavailable: [503, 'The files cannot be read or written'],
  overloaded: [503, 'The server has more to do than it can'],
  shutting_down: [503, 'The server is shutting down'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ErrorCode = keyof typeof table

export const errorCodes = Object.keys(table) as ErrorCode[]

/** What an error tells the one who asked, beside its code. Nothing secret, nothing of another organization. */
export interface ErrorAnswer {
  /** What is wrong with this request and how to mend it, in one or two sentences. */
  readonly detail?: string
  /** Further members of the problem document, such as `permission` or `maxBytes`. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Headers of the answer, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An outcome that ends the request with the answer its code stands for; everything public in it may be sent as it is. */
export class LeafPadError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  readonly answer: ErrorAnswer

  /** @param cause what made it happen, for the log alone */
  constructor(code: ErrorCode, answer: ErrorAnswer = {}, cause?: unknown) {
    const [status, title] = table[code]
    super(answer.detail ?? title, cause === undefined ? undefined : { cause })
    this.name = 'LeafPadError'
    this.code = code
    this.status = status
    this.title = title
    this.answer = answer
  }
}

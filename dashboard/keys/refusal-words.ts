import type { ErrorCode } from '../../server/errors.ts'

const words: Readonly<Partial<Record<ErrorCode, string>>> = {
  malformed_request: 'Malformed request',
  malformed_json: 'The body is not JSON',
  invalid_body: 'The body has another shape',
  invalid_query: 'The query has another shape',
  invalid_text: 'The text was not accepted',
  invalid_file_name: 'The name of the file was not accepted',
  empty_file: 'The file is empty',
  malformed_multipart: 'Malformed multipart body',
  key_expired: 'The key had expired',
  key_revoked: 'The key was revoked',
  secret_ended: 'The secret had ended',
  key_owner_left: 'The owner of the key had left',
  missing_permission: 'The permission was missing',
  key_blocked: 'Blocked by the policy',
  network_not_allowed: 'Not allowed from this network',
  not_found: 'Not found',
  request_timeout: 'It took too long to arrive',
  already_exists: 'It existed already',
  body_too_large: 'The body was too large',
  storage_full: 'The storage was full',
  unsupported_media_type: 'Media type not supported',
  content_mismatch: 'The content was not what its name says',
  quota_exceeded: 'The quota of the day was used up',
  too_many_requests: 'Too many requests',
  internal_error: 'The server failed',
  database_unavailable: 'The database could not be asked',
  files_unavailable: 'The files could not be used',
  overloaded: 'The server had too much to do',
  shutting_down: 'The server was shutting down',
}

/** What an error's code says, for people; a code that is not known here says it itself. */
export function refusalWords(code: string): string {
  return words[code as ErrorCode] ?? code
}

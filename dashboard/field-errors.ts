import { ApiError } from './api.ts'

export interface FieldError {
  /** Such as `name`, or `networks.1`. */
  readonly path: string
  /** What is wrong with it: `must be at most 3650`. */
  readonly message: string
}

/** What an answer finds wrong with the fields of what was sent, in their order; nothing where it says no such thing. */
export function fieldErrors(error: unknown): readonly FieldError[] {
  const errors = error instanceof ApiError ? error.problem.errors : undefined
  if (!Array.isArray(errors)) return []
  return errors.map(({ path, message }: FieldError) => ({ path: String(path).replaceAll('/', '.'), message: String(message) }))
}

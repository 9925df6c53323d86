import { LeafPadError } from '../errors.ts'

export const passwordLength = { min: 10, max: 128 } as const

/** Throws `invalid_body` unless a password that is to be set has 10 to 128 characters (code points). */
export function checkPassword(password: string, path = 'password'): void {
  const { length } = [...password]
  if (length >= passwordLength.min && length <= passwordLength.max) return
  const message = `must have ${passwordLength.min} to ${passwordLength.max} characters`
  throw new LeafPadError('invalid_body', {
    detail: `The "${path}" ${message}; it has ${length}.`,
    members: { errors: [{ path, message }] },
  })
}

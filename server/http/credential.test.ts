import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LeafPadError } from '../errors.ts'
import { readSecret } from './credential.ts'

describe('readSecret', () => {
  const found: [headers: Record<string, string>, secret: string | undefined][] = [
    [{}, undefined],
    [{ 'x-api-key': 'a' }, 'a'],
    [{ authorization: 'Bearer a' }, 'a'],
    [{ authorization: 'bEARER  a' }, 'a'],
    [{ 'x-api-key': 'a', authorization: 'Bearer a' }, 'a'],
    [{ 'x-api-key': 'a', authorization: 'Basic Zm9v' }, 'a'],
  ]
  for (const [headers, secret] of found) {
    it(`finds ${secret} in ${JSON.stringify(headers)}`, () => assert.equal(readSecret(headers), secret))
  }

  const refused: [headers: Record<string, string>, code: string][] = [
    [{ 'x-api-key': 'a', authorization: 'Bearer b' }, 'conflicting_credentials'],
    [{ 'x-api-key': '', authorization: 'Bearer b' }, 'conflicting_credentials'],
    [{ authorization: 'Basic Zm9v' }, 'missing_credential'],
    [{ authorization: 'Bearer' }, 'missing_credential'],
    [{ authorization: 'Bearer a b' }, 'missing_credential'],
  ]
  for (const [headers, code] of refused) {
    it(`answers ${code} to ${JSON.stringify(headers)}`, () => {
      assert.throws(
        () => readSecret(headers),
        (error) => error instanceof LeafPadError && error.code === code,
      )
    })
  }
})

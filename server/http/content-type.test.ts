import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LeafPadError } from '../errors.ts'
import { canonicalContentType } from './content-type.ts'

const accepts = (essence: string) => ['application/json', 'multipart/form-data'].includes(essence)

describe('canonicalContentType', () => {
  it('names all that the route takes', () => {
    const ask = (accepts: (essence: string) => boolean) => () => canonicalContentType('application/x-www-form-urlencoded', accepts)
    const form = /^This does not take application\/x-www-form-urlencoded, but /
    assert.throws(
      ask(accepts),
      (error: LeafPadError) => form.test(error.message) && / application\/json or multipart\/form-data\. /.test(error.message),
    )
    const json = (essence: string) => essence === 'application/json'
    assert.throws(ask(json), (error: LeafPadError) => form.test(error.message) && !error.message.includes('multipart'))
  })

  const accepted: [given: string, canonical: string][] = [
    ['application/json', 'application/json'],
    ['Application/JSON;charset="UTF-8"', 'application/json'],
    ['multipart/form-data; boundary=----x', 'multipart/form-data; boundary="----x"'],
    ['multipart/form-data; charset=utf-8; Boundary="a b"', 'multipart/form-data; boundary="a b"'],
  ]
  for (const [given, canonical] of accepted) {
    it(`spells ${given} as ${canonical}`, () => assert.equal(canonicalContentType(given, accepts), canonical))
  }

  const refused = [
    undefined,
    'text/plain',
    'application/jsonx',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf8',
    'application/json; boundary=x',
    'application/json; version=1',
    'multipart/form-data',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="ends in a space "',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'multipart/form-data; boundary="a\\"b"',
    'application/x-www-form-urlencoded',
    '*/*',
  ]
  for (const given of refused) {
    it(`refuses ${given}`, () => {
      assert.throws(
        () => canonicalContentType(given, accepts),
        (error) => error instanceof LeafPadError && error.code === 'unsupported_media_type',
      )
    })
  }
})

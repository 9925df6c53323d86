import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseMediaType } from './media-type.ts'

const tokenChars = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
const token = fc.string({ unit: fc.constantFrom(...tokenChars), minLength: 1, maxLength: 12 })
const space = fc.constantFrom('', ' ', '\t', '  ')
const text = fc.string({ unit: fc.constantFrom(...tokenChars, ' ', '"', '\\', ';', '=', '/', ','), maxLength: 12 })
const quote = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

describe('parseMediaType', () => {
  it('reads every media type that the grammar makes, quoted or not', () => {
    const parameters = fc.uniqueArray(fc.record({ name: token, value: text, before: space, after: space }), {
      selector: ({ name }) => name.toLowerCase(),
      maxLength: 4,
    })
    fc.assert(
      fc.property(token, token, parameters, (type, subtype, list) => {
        const written = list.map(({ name, value, before, after }) => `${before};${after}${name}=${quote(value)}`).join('')
        assert.deepEqual(parseMediaType(`${type}/${subtype}${written}`), {
          essence: `${type}/${subtype}`,
          parameters: new Map(list.map(({ name, value }) => [name, value])),
        })
      }),
    )
  })

  it('never takes a text for a media type that has anything after it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), (rest) => {
        const found = parseMediaType(`application/json${rest}`)
        if (found?.essence === 'application/json') assert.match(rest, /^[\t ]*;/)
      }),
    )
  })

  const refused = [
    '',
    'json',
    '/json',
    'application/',
    ' application/json',
    'application/json ',
    'application /json',
    'application/json, text/plain',
    'application/json;charset',
    'application/json;charset=',
    'application/json;charset =utf-8',
    'application/json; charset="utf-8',
    'application/json; charset=utf-8; charset=latin1',
    'application/json; charset=utf-8; CHARSET=utf-8',
    'application/json\u0000',
    'application/json\u00a0',
    'application/json;\u000bcharset=utf-8',
    'applicatiön/json',
  ]
  for (const value of refused) {
    it(`refuses ${JSON.stringify(value)}`, () => assert.equal(parseMediaType(value), undefined))
  }

  it('takes empty parameters, which the grammar allows', () => {
    assert.deepEqual(parseMediaType('Application/JSON; ;charset=UTF-8;')?.essence, 'application/json')
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LeafPadError } from '../errors.ts'
import { parseKeyName } from './key-name.ts'

const isInvalid = (error: unknown) => error instanceof LeafPadError && error.code === 'invalid_body' && error.message.includes('"name"')

describe('parseKeyName', () => {
  it('keeps any script, composed and without white space around it', () => {
    assert.equal(parseKeyName('  Nightly import\t'), 'Nightly import')
    assert.equal(parseKeyName('Cafe\u0301'), 'Caf\u00e9')
    for (const name of ['مفتاح', '夜間', '👩‍👩‍👧', 'a', '-']) assert.equal(parseKeyName(name), name)
  })

  it('counts code points, a hundred at most', () => {
    assert.equal(parseKeyName(` ${'🔑'.repeat(100)} `), '🔑'.repeat(100))
    assert.equal(parseKeyName('e\u0301'.repeat(100)).length, 100)
    assert.throws(() => parseKeyName('a'.repeat(101)), isInvalid)
  })

  it('refuses what cannot be seen, cannot be kept, or changes how other text is shown', () => {
    for (const name of [
      '',
      '   ',
      '\u200b',
      '\u200d\ufe0f',
      'a\0b',
      'a\nb',
      'a\u0085b',
      'a\u2028b',
      '\u202egpj.exe',
      'a\u2066b',
      '\ud83d',
    ]) {
      assert.throws(() => parseKeyName(name), isInvalid, JSON.stringify(name))
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keysSearch, withoutSecrets } from './search.ts'

const secret = `leafpad_${'a1B2c3D4'.repeat(6)}z`

test('of a secret, or of the beginning of one, no more than four characters are searched for', () => {
  assert.equal(withoutSecrets(secret), secret.slice(-4))
  for (let length = 5; length <= 49; length++) {
    const begun = secret.slice(0, 'leafpad_'.length + length)
    assert.equal(withoutSecrets(`is it ${begun}?`), `is it ${begun.slice(-4)}?`, `${length}`)
  }
  assert.equal(withoutSecrets(`${secret} ${secret}`), `${secret.slice(-4)} ${secret.slice(-4)}`)
})

test('what lists show of a secret, and words, are searched for as they are', () => {
  for (const words of ['leafpad_…a3F9', 'leafpad_a3F9', 'a3F9', 'Überwachung', 'leafpad_', '']) assert.equal(withoutSecrets(words), words)
})

test('an address with a secret in it is read as its last four', () => {
  assert.deepEqual(keysSearch({ q: secret }), { q: secret.slice(-4) })
})

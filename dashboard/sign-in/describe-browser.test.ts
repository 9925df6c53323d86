import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBrowser } from './describe-browser.ts'

test('a browser is called what people call it, though it names others too', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  assert.equal(describeBrowser(chrome), 'Chrome on Linux')
  assert.equal(describeBrowser(`${chrome} Edg/140.0.0.0`.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64')), 'Edge on Windows')
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1'
  assert.equal(describeBrowser(safari), 'Safari on iOS')
  assert.equal(describeBrowser('Mozilla/5.0 (Linux; Android 16) Gecko/20100101 Firefox/140.0'), 'Firefox on Android')
})

test('what does not say what it is, is unknown', () => {
  assert.equal(describeBrowser(''), 'Unknown browser')
  assert.equal(describeBrowser('<script>'), 'Unknown browser')
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { provenanceOf } from './same-origin.ts'

const origin = 'https://leafpad.example'

describe('provenanceOf', () => {
  const cases: [headers: Record<string, string>, expected: string][] = [
    [{}, 'unsaid'],
    [{ 'sec-fetch-site': 'same-origin' }, 'same'],
    [{ origin }, 'same'],
    [{ 'sec-fetch-site': 'same-origin', origin }, 'same'],
    [{ 'sec-fetch-site': 'same-site', origin }, 'other'],
    [{ 'sec-fetch-site': 'cross-site' }, 'other'],
    [{ 'sec-fetch-site': 'none' }, 'other'],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, 'other'],
    [{ origin: 'null' }, 'other'],
    [{ origin: 'http://leafpad.example' }, 'other'],
    [{ origin: 'https://leafpad.example:8443' }, 'other'],
    [{ origin: 'https://leafpad.example.evil.example' }, 'other'],
    [{ referer: `${origin}/knowledge-base` }, 'same'],
    [{ referer: `${origin}:443/` }, 'same'],
    [{ referer: 'https://leafpad.example:8443/' }, 'other'],
    [{ referer: 'http://leafpad.example/' }, 'other'],
    [{ referer: 'https://leafpad.example@evil.example/' }, 'other'],
    [{ referer: 'https://evil.example/https://leafpad.example/' }, 'other'],
    [{ referer: 'https://leafpad.example.evil.example/' }, 'other'],
    [{ referer: '/knowledge-base' }, 'other'],
    [{ referer: 'about:blank' }, 'other'],
    [{ referer: '' }, 'other'],
    [{ origin: 'null', referer: `${origin}/` }, 'other'],
    [{ 'sec-fetch-site': 'cross-site', referer: `${origin}/` }, 'other'],
    [{ 'sec-fetch-site': 'none', referer: `${origin}/` }, 'other'],
  ]
  for (const [headers, expected] of cases) {
    it(`takes ${JSON.stringify(headers)} for ${expected}`, () => assert.equal(provenanceOf(headers, origin), expected))
  }
})

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { it } from 'node:test'
import { newId } from './id.ts'
import { expiredSessionCookie, findSessionToken } from './session-cookie.ts'
import { hashToken, newToken } from './token.ts'

it('ids carry their kind and 20 base62 characters, every one of which occurs', () => {
  const ids = Array.from({ length: 500 }, () => newId('org'))
  for (const id of ids) assert.match(id, /^org_[0-9A-Za-z]{20}$/)
  assert.equal(new Set(ids).size, 500)
  assert.equal(new Set(ids.flatMap((id) => [...id.slice(4)])).size, 62)
})

it('tokens have 256 bits and a hash that is another', () => {
  const token = newToken()
  assert.match(token, /^[\w-]{43}$/)
  assert.match(hashToken(token), /^[\w-]{43}$/)
  assert.notEqual(hashToken(token), token)
  assert.notEqual(newToken(), token)
})

const cookie = { name: 'leafpad.session_token', secret: 'a secret of at least thirty-two bytes' }
const signed = (token: string, secret = cookie.secret) =>
  encodeURIComponent(`${token}.${createHmac('sha256', secret).update(token).digest('base64')}`)

it('a session cookie is found among others, also when it is sent twice', () => {
  const header = `theme=dark; x${cookie.name}=1;${cookie.name}=${signed('token')} ; last=`
  assert.equal(findSessionToken(header, cookie), 'token')
  assert.equal(findSessionToken(`${header}; ${cookie.name}=${signed('token')}`, cookie), 'token')
})

it('of several session cookies that differ none counts: somebody else may have set the first', () => {
  for (const other of [signed('of somebody else'), 'forged.AAAA', '']) {
    assert.equal(findSessionToken(`${cookie.name}=${other}; ${cookie.name}=${signed('token')}`, cookie), undefined)
    assert.equal(findSessionToken(`${cookie.name}=${signed('token')}; ${cookie.name}=${other}`, cookie), undefined)
  }
})

it('a cookie that is not signed by us is none', () => {
  const values = ['', 'token', 'token.', '.', '%E0%A4%A', signed('token', 'another secret'), `${signed('token')}AAAA`, signed('')]
  for (const value of values) assert.equal(findSessionToken(`${cookie.name}=${value}`, cookie), undefined, value)
  assert.equal(findSessionToken(undefined, cookie), undefined)
  assert.equal(findSessionToken(`other=${signed('token')}`, cookie), undefined)
})

it('a forgotten session is an empty cookie that is over at once', () => {
  assert.equal(expiredSessionCookie('name', false), 'name=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
  assert.equal(expiredSessionCookie('name', true), 'name=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure')
})

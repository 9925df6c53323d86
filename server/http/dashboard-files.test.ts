import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { openTestApp } from '../testing/test-app.ts'

const page = '<!doctype html><title>LeafPad</title>'
const script = 'console.log("leaf")'
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** The whole server with a built dashboard of one script. */
async function openWithDashboard(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-dashboard-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), page)
  writeFileSync(join(folder, 'secret.txt'), 'not an asset')
  writeFileSync(join(folder, 'assets', 'index-1a2b.js'), script)
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, 'assets', 'index-1a2b.js.gz'), gzipSync(script))
  return (await openTestApp('sqlite', t, { dashboard: folder })).app
}

describe('the files of the dashboard', () => {
  it('are the page at every path that only the page knows, never kept', async (t) => {
    const app = await openWithDashboard(t)
    for (const url of ['/', '/sign-in', '/settings/api-keys?status=active', '/no/such/place', '/set-up', '/apiary']) {
      const { statusCode, headers, body } = await app.inject({ url, headers: html })
      assert.deepEqual([statusCode, body, headers['cache-control']], [200, page, 'no-store'], url)
      assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    }
    assert.equal((await app.inject({ method: 'HEAD', url: '/sign-in', headers: html })).statusCode, 200)
  })

  it('allow no inline script or style, no other host, no frame', async (t) => {
    const app = await openWithDashboard(t)
    for (const url of ['/', '/assets/index-1a2b.js']) {
      const { headers } = await app.inject({ url, headers: html })
      assert.equal(
        headers['content-security-policy'],
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'same-origin')
      assert.match(String(headers['permissions-policy']), /camera=\(\)/)
    }
  })

  it('are kept for good where their name changes with their content, in the smallest coding the client takes', async (t) => {
    const app = await openWithDashboard(t)
    const ask = (acceptEncoding: string) =>
      app.inject({ url: '/assets/index-1a2b.js', headers: acceptEncoding === '' ? {} : { 'accept-encoding': acceptEncoding } })
    const plain = await ask('')
    assert.deepEqual([plain.body, plain.headers['content-encoding']], [script, undefined])
    assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8')
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(plain.headers.vary, 'accept-encoding')
    const brotli = await ask('gzip, deflate, br')
    assert.equal(brotli.headers['content-encoding'], 'br')
    assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), script)
    const gzip = await ask('gzip')
    assert.equal(gzip.headers['content-encoding'], 'gzip')
    assert.equal(gunzipSync(gzip.rawPayload).toString(), script)
  })

  it('leave to the API what is the API’s: problems for unknown paths, 405 for wrong methods, 404 for files that are not there', async (t) => {
    const app = await openWithDashboard(t)
    const cases = [
      ['GET', '/api/dashboard/v1/nothing', 404],
      ['GET', '/api', 404],
      ['GET', '/api/dashboard/v1/sign-in', 405],
      ['GET', '/files/nothing', 404],
      ['GET', '/assets/index-0000.js', 404],
      ['GET', '/assets/..%2fsecret.txt', 404],
      ['GET', '/secret.txt', 404],
      ['GET', '/favicon.ico', 404],
      ['POST', '/sign-in', 404],
    ] as const
    for (const [method, url, status] of cases) {
      const { statusCode, headers } = await app.inject({ method, url, headers: html })
      assert.equal(statusCode, status, `${method} ${url}`)
      assert.match(String(headers['content-type']), /^application\/problem\+json/, `${method} ${url}`)
    }
    const program = await app.inject({ url: '/sign-in', headers: { accept: 'application/json' } })
    assert.equal(program.statusCode, 404, 'a program that mistypes a path is not told that all is well')
  })

  it('need not be there: without them the API is served all the same', async (t) => {
    const { app } = await openTestApp('sqlite', t)
    assert.equal((await app.inject({ url: '/', headers: html })).statusCode, 404)
    assert.equal((await app.inject({ url: '/healthz' })).statusCode, 200)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase, databaseKinds } from '../server/testing/test-database.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

for (const kind of databaseKinds) {
  test(`from the set-up link to an accepted request, a revoke, an expiry and the end of the quota, on ${kind}`, async (t) => {
    const port = await freePort()
    const settings: Record<string, string> = { LEAFPAD_DATA_DIR: temporaryFolder(t), LEAFPAD_PORT: String(port) }
    if (kind === 'postgres')
      Object.assign(settings, { LEAFPAD_DATABASE_URL: await createTestDatabase('postgres', t), LEAFPAD_FILES: 'local' })
    const server = startServer(t, settings)
    const [, origin, token] = await server.said(/LeafPad listens on (\S+)\n[\s\S]*set-up#token=([\w-]{43})\n/)
    const dashboard = `${origin}/api/dashboard/v1`
    const knowledgeBase = `${origin}/api/public/v1/knowledge-base`
    let cookie = ''
    const post = (url: string, body: object, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
    const asUser = (path: string, body: object) => post(`${dashboard}${path}`, body, { origin: origin!, cookie })
    const store = (secret: string) => post(knowledgeBase, { text: 'Product documentation content here' }, { 'x-api-key': secret })

    const setUp = await asUser('/set-up', {
      token,
      name: 'Ada',
      email: 'ada@example.com',
      password: 'a-long-password',
      organizationName: 'Acme',
    })
    assert.equal(setUp.status, 204)
    cookie = setUp.headers.getSetCookie()[0]!.split(';')[0]!
    const session = (await (await fetch(`${dashboard}/session`, { headers: { cookie } })).json()) as { organization: { id: string } }
    const generate = async (expiry: object = {}) => {
      const answer = await asUser('/keys', { name: 'CI', organizationId: session.organization.id, ...expiry })
      assert.equal(answer.status, 201)
      return (await answer.json()) as { key: { id: string }; secret: string }
    }

    const { key, secret } = await generate()
    const stored = await store(secret)
    assert.equal(stored.status, 201)
    const { document } = (await stored.json()) as { document: Record<string, unknown> }
    assert.deepEqual([document.fileType, document.fileSize], ['text/plain', 34])
    const link = await fetch(String(document.publicUrl))
    assert.equal(await link.text(), 'Product documentation content here')

    assert.equal((await asUser(`/keys/${key.id}/revoke`, {})).status, 200)
    const revoked = await store(secret)
    assert.equal(revoked.status, 401)
    assert.equal(((await revoked.json()) as { code: string }).code, 'key_revoked')

    const expiresAt = Date.now() + 2_000
    const expiring = await generate({ expiresAt: new Date(expiresAt).toISOString() })
    assert.equal((await store(expiring.secret)).status, 201)
    // The one wait for a real clock: nobody does anything, and the key is dead.
    await setTimeout(expiresAt - Date.now() + 1)
    const expired = await store(expiring.secret)
    assert.equal(expired.status, 401)
    assert.equal(((await expired.json()) as { code: string }).code, 'key_expired')

    const flooded = await generate()
    const statuses: Record<number, number> = {}
    let asked = 0
    const client = async () => {
      while (asked++ < 2_100) {
        const { status } = await fetch(`${origin}/api/public/v1/me`, { headers: { authorization: `Bearer ${flooded.secret}` } })
        statuses[status] = (statuses[status] ?? 0) + 1
      }
    }
    await Promise.all(Array.from({ length: 32 }, client))
    assert.deepEqual(statuses, { 200: 2_000, 429: 100 })
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMailServer } from '../server/testing/mail-server.ts'
import { freePort } from '../server/testing/postgres.ts'
import { createTestDatabase, databaseKinds } from '../server/testing/test-database.ts'
import { startServer, temporaryFolder } from './testing/program.ts'

const account = { name: 'Ada', email: 'ada@example.com', password: 'the-old-password', organizationName: 'Acme' }

for (const kind of databaseKinds) {
  test(`a server mails what people are to be told, and once its mail server is back what was due meanwhile, on ${kind}`, async (t) => {
    const mailServer = await openMailServer(t, { password: 'hunter2-of-the-mail-server' })
    const location = await createTestDatabase(kind, t)
    const settings = {
      LEAFPAD_DATA_DIR: temporaryFolder(t),
      ...(kind === 'postgres' && { LEAFPAD_DATABASE_URL: location, LEAFPAD_FILES: 'local' }),
      LEAFPAD_PORT: String(await freePort()),
      LEAFPAD_SMTP_URL: mailServer.url,
      LEAFPAD_METRICS_TOKEN: 'a-token-of-the-metrics',
    }
    const server = startServer(t, settings)
    const [, url] = await server.said(/LeafPad listens on (\S+)\n/)
    const [, token] = await server.said(/set-up#token=([\w-]{43})\n/)
    const ask = (path: string, body?: object, headers: Record<string, string> = {}) =>
      fetch(`${url}/api/dashboard/v1/${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { ...(body && { 'content-type': 'application/json' }), origin: url!, ...headers },
      })

    const setUp = await ask('set-up', { ...account, token })
    const cookie = setUp.headers.get('set-cookie')!.split(';', 1)[0]!
    const { organization } = (await (await ask('session', undefined, { cookie })).json()) as { organization: { id: string } }
    const generated = await ask('keys', { name: 'CI', organizationId: organization.id }, { cookie })
    const { key, secret } = (await generated.json()) as { key: { id: string }; secret: string }
    await mailServer.until(1)
    assert.equal(mailServer.mails[0]!.subject, 'API key “CI” was generated in Acme')
    assert.ok(mailServer.mails[0]!.text.includes(`${url}/organizations/${organization.id}/settings/api-keys/${key.id}\n`))

    // The link of a mail sets the password, and nothing of the mails is in the log.
    assert.equal((await ask('password-reset/mail', { email: account.email })).status, 202)
    await mailServer.until(2)
    const [, resetToken] = /reset-password#token=([\w-]{43})\n/.exec(mailServer.mails[1]!.text)!
    assert.equal((await ask('password-reset', { token: resetToken, password: 'the-new-password' })).status, 204)
    assert.equal((await ask('sign-in', { email: account.email, password: 'the-new-password' })).status, 204)

    const metrics = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer a-token-of-the-metrics' } })
    assert.match(await metrics.text(), /^leafpad_mails_total\{outcome="sent"\} 2$/m)

    // A mail server that is away, and a server that is stopped meanwhile.
    mailServer.refusal = { at: 'recipient', code: 451, text: 'try again later' }
    const report = await fetch(`${url}/api/public/v1/keys/report-leak`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret }) },
    })
    assert.equal(report.status, 202)
    await server.said(/"outcome":"failed".*try again later/)
    server.child.kill('SIGTERM')
    assert.deepEqual(await server.ended, { code: 0, signal: null })
    const told = server.out + server.err
    for (const piece of [secret.slice(8, 40), 'hunter2', account.email, resetToken!, 'the-new-password'])
      assert.ok(!told.includes(piece), piece)
    for (const { raw } of mailServer.mails) assert.ok(!raw.includes(secret.slice(8, 20)))
  })
}

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { it } from 'node:test'
import { openTestApp } from '../testing/test-app.ts'

it('a server is started without better-auth, which is a fifth of all there is to load', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import('./app.ts')
    await import('./start-server.ts')
    console.log(loaded.some((url) => url.includes('/fastify/')), loaded.some((url) => url.includes('better-auth')))`
  const options = { cwd: dirname(import.meta.dirname), encoding: 'utf8' } as const
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options)
  assert.equal(stdout, 'true false\n', stderr)
})

it('it is there for the first who signs in, however many come at once', async (t) => {
  const { app } = await openTestApp('sqlite', t)
  const payload = { email: 'nobody@example.test', password: 'a-long-password' }
  const signIn = () => app.inject({ method: 'POST', url: '/api/dashboard/v1/sign-in', payload })
  const answers = await Promise.all([signIn(), signIn(), signIn()])
  assert.deepEqual(
    answers.map((answer) => answer.json().code),
    Array(3).fill('wrong_email_or_password'),
  )
})

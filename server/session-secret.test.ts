import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { haveSessionSecret } from './session-secret.ts'

function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leafpad-secret-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'data')
}

test('the first call makes the secret, readable by its owner alone, and later calls give the same', (t) => {
  const folder = dataFolder(t)
  const secret = haveSessionSecret(folder)
  assert.ok(Buffer.byteLength(secret) >= 32)
  assert.equal(statSync(join(folder, 'session-secret')).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(haveSessionSecret(folder), secret)
  assert.deepEqual(readdirSync(folder), ['session-secret'])
})

test('several first starts at once agree on one secret', async (t) => {
  const folder = dataFolder(t)
  const code = `
    const { workerData, parentPort } = require('node:worker_threads')
    import(workerData.module).then(({ haveSessionSecret }) => {
      Atomics.add(new Int32Array(workerData.gate), 0, 1)
      while (Atomics.load(new Int32Array(workerData.gate), 0) < workerData.count) {}
      parentPort.postMessage(haveSessionSecret(workerData.folder))
    })`
  const gate = new SharedArrayBuffer(4)
  const count = 4
  const module = import.meta.resolve('./session-secret.ts')
  const secrets = await Promise.all(
    Array.from({ length: count }, () => {
      const worker = new Worker(code, { eval: true, workerData: { folder, gate, count, module } })
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    }),
  )
  assert.equal(new Set(secrets).size, 1)
  assert.equal(`${secrets[0]}\n`, readFileSync(join(folder, 'session-secret'), 'utf8'))
  assert.deepEqual(readdirSync(folder), ['session-secret'])
})

test('a secret that was emptied or cut is refused, not signed with', (t) => {
  const folder = dataFolder(t)
  haveSessionSecret(folder)
  writeFileSync(join(folder, 'session-secret'), 'short\n')
  assert.throws(() => haveSessionSecret(folder), /less than 32 bytes/)
})

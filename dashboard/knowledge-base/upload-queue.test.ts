import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUploadQueue } from './upload-queue.ts'

interface Sent {
  readonly file: string
  readonly settle: PromiseWithResolvers<void>
  readonly onProgress: (part: number) => void
}

function open(check: (file: string) => string | undefined = () => undefined) {
  const sent: Sent[] = []
  const queue = createUploadQueue<string>({
    check,
    send: (file, { onProgress, signal }) => {
      const settle = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => settle.reject(signal.reason))
      sent.push({ file, settle, onProgress })
      return settle.promise
    },
  })
  const states = () => queue.uploads().map(({ file, state }) => `${file} ${state}`)
  return { queue, sent, states, turn: () => new Promise(setImmediate) }
}

test('files are sent one after another, and one that fails does not hold up the next', async () => {
  const { queue, sent, states, turn } = open()
  queue.add(['a', 'b'])
  queue.add(['c'])
  assert.deepEqual(states(), ['a sending', 'b waiting', 'c waiting'])
  sent[0]!.onProgress(0.5)
  assert.equal(queue.uploads()[0]!.part, 0.5)
  sent[0]!.settle.reject(new Error('refused'))
  await turn()
  assert.deepEqual(states(), ['a failed', 'b sending', 'c waiting'])
  sent[1]!.settle.resolve()
  await turn()
  sent[2]!.settle.resolve()
  await turn()
  assert.deepEqual(states(), ['a failed', 'b done', 'c done'])
  queue.retry(1)
  assert.deepEqual(states(), ['a sending', 'b done', 'c done'])
})

test('what is cancelled is not sent, or no further', async () => {
  const { queue, sent, states, turn } = open()
  queue.add(['a', 'b', 'c'])
  queue.cancel(2)
  queue.cancel(1)
  await turn()
  assert.deepEqual(states(), ['a cancelled', 'b cancelled', 'c sending'])
  queue.add(['d'])
  queue.cancelAll()
  await turn()
  assert.deepEqual(states(), ['a cancelled', 'b cancelled', 'c cancelled', 'd cancelled'])
  assert.deepEqual(
    sent.map(({ file }) => file),
    ['a', 'c'],
  )
})

test('what cannot be right is not sent at all', async () => {
  const { queue, sent, states, turn } = open((file) => (file === 'bad' ? 'no' : undefined))
  queue.add(['bad', 'good'])
  await turn()
  assert.deepEqual(states(), ['bad failed', 'good sending'])
  assert.equal(sent.length, 1)
  assert.equal(queue.uploads()[0]!.error, 'no')
})

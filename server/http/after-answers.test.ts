import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { afterAnswers } from './after-answers.ts'

it('what is to be told of answers is told at once, in order, three turns of the event loop after the first of them', async () => {
  const told: (readonly string[])[] = []
  const answers = afterAnswers<string>((several) => void told.push(several))
  answers.add('first')
  await setImmediate()
  answers.add('second')
  await setImmediate()
  assert.deepEqual(told, [])
  await setImmediate()
  assert.deepEqual(told, [['first', 'second']])
  answers.add('third')
  for (let turn = 0; turn < 3; turn++) await setImmediate()
  assert.deepEqual(told, [['first', 'second'], ['third']])
})

it('what is to be told of answers is told once, also where it was asked for before its time, and what comes then in its own time', async () => {
  const told: (readonly string[])[] = []
  const answers = afterAnswers<string>((several) => void told.push(several))
  answers.flush()
  answers.add('first')
  answers.flush()
  assert.deepEqual(told, [['first']])
  answers.flush()
  answers.add('second')
  for (let turn = 0; turn < 3; turn++) await setImmediate()
  assert.deepEqual(told, [['first'], ['second']])
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import Fastify from 'fastify'
import { readJsonBodies } from './json-body.ts'
import { answerError } from './problem.ts'

const bodies: Record<string, { readonly payload: string; readonly status: number }> = {
  'many values': { payload: `[${'0,'.repeat(999)}0]`, status: 400 },
  'many empty objects': { payload: `[${'{}'.repeat(1_000)}]`, status: 400 },
  'deep arrays': { payload: '['.repeat(100_000), status: 400 },
  'deep objects': { payload: '{"a":'.repeat(17), status: 400 },
  'what any request needs': { payload: '{"a":{"b":["c"]},"d":1}', status: 200 },
  'brackets, commas and quotation marks within a text': { payload: JSON.stringify({ text: '[{,"\\"'.repeat(20_000) }), status: 200 },
  'a text that ends in a backslash': { payload: JSON.stringify({ text: 'C:\\', more: '[[[' }), status: 200 },
}

for (const [name, { payload, status }] of Object.entries(bodies)) {
  it(`${status === 200 ? 'takes' : 'refuses, before parsing it,'} a JSON body with ${name}`, async () => {
    const app = Fastify()
    app.setErrorHandler(answerError)
    for (const field of ['keyId', 'errorCode']) app.decorateRequest(field, null)
    readJsonBodies(app)
    app.post('/', async ({ body }) => body)
    const answer = await app.inject({ method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload })
    assert.equal(answer.statusCode, status, answer.body)
    if (status === 200) assert.deepEqual(answer.json(), JSON.parse(payload))
    else assert.match(answer.json().detail, /nested deeper than 16 levels or has more than 1,000 values/)
  })
}

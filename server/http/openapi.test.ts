import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openTestApp } from '../testing/test-app.ts'

interface Operation {
  readonly summary?: string
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, { readonly content?: object }>>
}

describe('the OpenAPI document', () => {
  it('is docs/openapi.json, whatever the configuration', async (t) => {
    const { app } = await openTestApp('sqlite', t, { config: { publicUrl: 'https://elsewhere.example', dailyQuota: 7 } })
    const { headers, body } = await app.inject({ url: '/api/openapi.json' })
    assert.match(String(headers['content-type']), /^application\/json/)
    const kept = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'openapi.json'), 'utf8')
    assert.equal(body, kept, 'docs/openapi.json is not what the routes say. Write it anew: node server/write-openapi.ts')
  })

  it('describes every route of both doors, with a summary, its credential and how errors look', async (t) => {
    const { app } = await openTestApp('sqlite', t)
    const document = (await app.inject({ url: '/api/openapi.json' })).json()
    assert.equal(document.openapi, '3.1.0')
    for (const { method, pattern, config } of app.routes.all()) {
      if (method === 'HEAD' || !pattern.startsWith('/api/') || pattern === '/api/openapi.json') continue
      const name = `${method} ${pattern}`
      const operation: Operation | undefined = document.paths[pattern.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      assert.ok(operation?.summary, name)
      assert.deepEqual(Object.keys(operation.responses.default?.content ?? {}), ['application/problem+json'], name)
      assert.equal(operation.security?.length === 0, config.public === true, name)
    }
  })
})

import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import buildSerializer from 'fast-json-stringify'
import Fastify from 'fastify'
import { IsSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compileSerializer } from './serialization.ts'

test('what a schema does not name is left out of an answer, the first as the later ones', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  app.setSerializerCompiler(compileSerializer)
  const response = { 200: Type.Object({ name: Type.String() }) }
  app.get('/', { schema: { response } }, async () => ({ name: 'CI', hash: 'secret' }))
  for (let answers = 0; answers < 2; answers++) assert.equal((await app.inject('/')).body, '{"name":"CI"}')
})

test('a schema that cannot be compiled harms nothing before an answer that it is for', async (t) => {
  const app = Fastify()
  t.after(() => app.close())
  app.setSerializerCompiler(compileSerializer)
  app.get('/', { schema: { response: { 200: { type: 'nothing there is' } } } }, async () => ({}))
  app.get('/other', { schema: { response: { 200: Type.Object({}) } } }, async () => ({}))
  assert.equal((await app.inject('/other')).statusCode, 200)
  assert.equal((await app.inject('/')).statusCode, 500)
})

test('every schema of a room can be compiled', async () => {
  const server = join(import.meta.dirname, '..')
  let compiled = 0
  for (const path of globSync('*/schema.ts', { cwd: server })) {
    for (const schema of Object.values<unknown>(await import(join(server, path)))) {
      if (!IsSchema(schema)) continue
      buildSerializer(schema as Parameters<typeof buildSerializer>[0])
      Compile(schema)
      compiled++
    }
  }
  assert.ok(compiled > 20)
})

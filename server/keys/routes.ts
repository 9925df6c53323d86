import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import { endOldSecret } from './end-old-secret.ts'
import { generateKey } from './generate-key.ts'
import { historyRoutes } from './history-routes.ts'
import { identifyKey } from './identify-key.ts'
import { liftIdleBlock } from './lift-idle-block.ts'
import { listKeys } from './list-keys.ts'
import { readKey } from './read-key.ts'
import { readMe } from './read-me.ts'
import { parseRevocation } from './revocation-reason.ts'
import { revokeKey } from './revoke-key.ts'
import { revokeMemberKeys } from './revoke-member-keys.ts'
import { rotateKey } from './rotate-key.ts'
import {
  defaultOldSecretSeconds,
  GeneratedKeyAnswerSchema,
  GenerateKeyBodySchema,
  IdentifiedKeyAnswerSchema,
  IdentifyKeyBodySchema,
  KeyAnswerSchema,
  KeyListAnswerSchema,
  KeyParamsSchema,
  ListKeysQuerySchema,
  MeAnswerSchema,
  RevokedKeysAnswerSchema,
  RevokeKeyBodySchema,
  RevokeMemberKeysBodySchema,
  RotateKeyBodySchema,
  SecretParamsSchema,
  UpdateKeyBodySchema,
} from './schema.ts'
import { updateKey } from './update-key.ts'
import { whoAsks } from './who-asks.ts'

export interface KeyRoutesOptions {
  readonly database: Database
  readonly config: Config
}

/** Keys, for the dashboard: those of the organization that is active in the session. */
export function keyRoutes(app: FastifyInstance, { database, config }: KeyRoutesOptions): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['keys']
  const active = { inOrganization: true }

  routes.post(
    '/keys',
    { schema: { tags, summary: 'Generate a key', body: GenerateKeyBodySchema, response: { 201: GeneratedKeyAnswerSchema } } },
    async (request, reply) => {
      const generated = await generateKey({ database, config }, request.signedIn, request.body)
      return reply.code(201).header('cache-control', 'no-store').send(generated)
    },
  )

  routes.get(
    '/keys',
    { config: active, schema: { tags, summary: 'List keys', querystring: ListKeysQuerySchema, response: { 200: KeyListAnswerSchema } } },
    (request) => listKeys(database, config.dailyQuota, whoAsks(request.signedIn), request.query),
  )

  routes.get(
    '/keys/:id',
    { config: active, schema: { tags, summary: 'Read a key', params: KeyParamsSchema, response: { 200: KeyAnswerSchema } } },
    async (request) => ({ key: await readKey(database, config.dailyQuota, whoAsks(request.signedIn), request.params.id) }),
  )

  routes.patch(
    '/keys/:id',
    {
      config: active,
      schema: {
        tags,
        summary: 'Rename a key, shorten its expiry',
        params: KeyParamsSchema,
        body: UpdateKeyBodySchema,
        response: { 200: KeyAnswerSchema },
      },
    },
    async (request) => ({ key: await updateKey({ database, config }, whoAsks(request.signedIn), request.params.id, request.body) }),
  )

  routes.post(
    '/keys/:id/revoke',
    {
      config: { ...active, optionalBody: true },
      schema: {
        tags,
        summary: 'Revoke a key',
        params: KeyParamsSchema,
        body: RevokeKeyBodySchema,
        response: { 200: KeyAnswerSchema },
      },
    },
    async (request) => {
      const revocation = parseRevocation(request.body)
      return { key: await revokeKey({ database, config }, whoAsks(request.signedIn), request.params.id, revocation) }
    },
  )

  routes.post(
    '/keys/:id/lift-idle-block',
    {
      config: active,
      schema: {
        tags,
        summary: 'Let a key in again that was not used for long',
        params: KeyParamsSchema,
        response: { 200: KeyAnswerSchema },
      },
    },
    async ({ signedIn, params }) => ({ key: await liftIdleBlock({ database, config }, whoAsks(signedIn), params.id) }),
  )

  routes.post(
    '/keys/identify',
    {
      config: active,
      schema: { tags, summary: 'Tell whose secret this is', body: IdentifyKeyBodySchema, response: { 200: IdentifiedKeyAnswerSchema } },
    },
    async ({ signedIn, body }, reply) => {
      const identified = await identifyKey({ database, config }, whoAsks(signedIn), body.secret)
      return reply.header('cache-control', 'no-store').send(identified)
    },
  )

  routes.post(
    '/keys/revoke-all',
    {
      config: active,
      schema: {
        tags,
        summary: 'Revoke all keys of a member',
        body: RevokeMemberKeysBodySchema,
        response: { 200: RevokedKeysAnswerSchema },
      },
    },
    async ({ signedIn, body: { memberId, ...why } }) => ({
      revoked: await revokeMemberKeys(database, whoAsks(signedIn), memberId, parseRevocation(why)),
    }),
  )

  rotationRoutes(app, { database, config })
  historyRoutes(app, { database })
}

/** New secrets for a key, and the end of old ones. */
function rotationRoutes(app: FastifyInstance, { database, config }: KeyRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['keys']

  routes.post(
    '/keys/:id/rotate',
    {
      config: { inOrganization: true, optionalBody: true },
      schema: {
        tags,
        summary: 'Make a new secret for a key',
        params: KeyParamsSchema,
        body: RotateKeyBodySchema,
        response: { 200: GeneratedKeyAnswerSchema },
      },
    },
    async (request, reply) => {
      const rotation = { oldEndsInSeconds: defaultOldSecretSeconds, ...request.body }
      const rotated = await rotateKey({ database, config }, whoAsks(request.signedIn), request.params.id, rotation)
      return reply.header('cache-control', 'no-store').send(rotated)
    },
  )

  routes.post(
    '/keys/:id/secrets/:number/end',
    {
      config: { inOrganization: true },
      schema: { tags, summary: 'End an old secret of a key', params: SecretParamsSchema, response: { 200: KeyAnswerSchema } },
    },
    async ({ signedIn, params }) => ({ key: await endOldSecret({ database, config }, whoAsks(signedIn), params.id, params.number) }),
  )
}

/** What a key tells about itself, for the public API. */
export function meRoutes(app: FastifyInstance, { database }: KeyRoutesOptions): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/me',
    {
      config: { permission: 'me:read' },
      schema: { tags: ['keys'], summary: 'Tell whose key this is and what is left of its day', response: { 200: MeAnswerSchema } },
    },
    (request) => {
      const { member, keyId, secretNumber } = request.actor
      if (keyId === null || secretNumber === null || request.count === null) {
        throw new LeafPadError('missing_credential', {
          detail: 'This tells about an API key. Send one in the header "x-api-key".',
          headers: { 'www-authenticate': 'Bearer realm="leafpad"' },
        })
      }
      return readMe(database, member, { keyId, secretNumber }, request.count)
    },
  )
}

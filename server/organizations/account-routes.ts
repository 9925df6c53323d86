import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { Authentication } from './authentication.ts'
import { caller, originOf } from './caller.ts'
import { deleteAccount } from './delete-account.ts'
import { readSignUp } from './read-sign-up.ts'
import * as schema from './schema.ts'
import { setUp } from './set-up.ts'
import { signUp } from './sign-up.ts'
import { updateAccount } from './update-account.ts'

export interface AccountRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'signUp'>
  readonly authentication: Authentication
}

const done = { 204: schema.NoAnswer }

/** How an account is made, changed and deleted; to make one is open to who is not signed in. */
export function accountRoutes(app: FastifyInstance, { database, config, authentication }: AccountRoutesOptions) {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']
  const open = { public: true }

  routes.post(
    '/set-up',
    { config: open, schema: { tags, summary: 'Make the first account', body: schema.SetUpBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'set-up')
      const userId = await setUp(database, authentication, { ...request.body, origin: originOf(request) })
      const cookies = await authentication.startSession(caller(request), userId)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )

  routes.get(
    '/sign-up',
    { config: open, schema: { tags, summary: 'Whether anybody may make an account', response: { 200: schema.ReadSignUpAnswer } } },
    () => readSignUp(database, config.signUp === 'open'),
  )

  routes.post(
    '/sign-up',
    { config: open, schema: { tags, summary: 'Make an account', body: schema.SignUpBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'sign-up')
      const { hashPassword } = authentication
      const userId = await signUp(
        database,
        { hashPassword, open: config.signUp === 'open' },
        { ...request.body, origin: originOf(request) },
      )
      const cookies = await authentication.startSession(caller(request), userId)
      return reply.code(204).header('set-cookie', cookies).send(null)
    },
  )

  routes.patch(
    '/account',
    { schema: { tags, summary: 'Change your name', body: schema.UpdateAccountBody, response: { 200: schema.UserAnswer } } },
    async ({ signedIn: { userId, email, origin }, body }) => {
      const name = await updateAccount(database, { userId, name: body.name, origin })
      return { user: { id: userId, name, email } }
    },
  )

  routes.delete(
    '/account',
    { schema: { tags, summary: 'Delete your account', body: schema.DeleteAccountBody, response: done } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'account-deletion')
      const { userId, origin } = request.signedIn
      await deleteAccount(database, authentication, { userId, password: request.body.password, origin })
      return reply.code(204).header('set-cookie', authentication.forgetSession()).send(null)
    },
  )
}

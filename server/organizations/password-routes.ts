import { setTimeout } from 'node:timers/promises'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import { LeafPadError } from '../errors.ts'
import type { Authentication } from './authentication.ts'
import { caller, originOf } from './caller.ts'
import { changePassword } from './change-password.ts'
import { mailPasswordReset } from './mail-password-reset.ts'
import { resetPassword } from './reset-password.ts'
import * as schema from './schema.ts'

export interface PasswordRoutesOptions {
  readonly database: Database
  readonly config: Pick<Config, 'publicUrl' | 'sessionSecret' | 'smtpUrl'>
  readonly authentication: Authentication
}

/** When a link is asked for by mail, after how many milliseconds that is answered, whether there is such an account or not. */
const answerAfterMs = 500

/** How a password is changed, and how who has forgotten it gets a new one; the latter open to who is not signed in. */
export function passwordRoutes(app: FastifyInstance, { database, config, authentication }: PasswordRoutesOptions): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['account']
  const open = { public: true }

  routes.post(
    '/password',
    { schema: { tags, summary: 'Change your password', body: schema.ChangePasswordBody, response: { 204: schema.NoAnswer } } },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'password')
      const { sessionId, userId, origin } = request.signedIn
      await changePassword(database, authentication, { sessionId, userId, origin, ...request.body })
      return reply.code(204).send(null)
    },
  )

  routes.get(
    '/password-reset',
    {
      config: open,
      schema: { tags, summary: 'Whether a link can be had by mail', response: { 200: schema.ReadPasswordResetAnswer } },
    },
    async () => ({ byMail: config.smtpUrl !== null }),
  )

  routes.post(
    '/password-reset/mail',
    {
      config: open,
      schema: {
        tags,
        summary: 'Have a link mailed that sets a password',
        description: 'The answer is the same whether there is an account with this address or not, and comes after the same time.',
        body: schema.MailPasswordResetBody,
        response: { 202: schema.MailPasswordResetAnswer },
      },
    },
    async (request, reply) => {
      if (config.smtpUrl === null) throw noMail()
      const answerAt = setTimeout(answerAfterMs)
      await authentication.countAttempt(caller(request), 'password-reset-mail')
      await mailPasswordReset(database, config, { email: request.body.email, origin: originOf(request) })
      await answerAt
      return reply.code(202).send({ detail: 'If there is an account with this address, a link is on its way to it.' })
    },
  )

  routes.post(
    '/password-reset',
    {
      config: open,
      schema: { tags, summary: 'Set a password by a link', body: schema.ResetPasswordBody, response: { 204: schema.NoAnswer } },
    },
    async (request, reply) => {
      await authentication.countAttempt(caller(request), 'password-reset')
      await resetPassword(database, authentication, { ...request.body, origin: originOf(request) })
      return reply.code(204).header('set-cookie', authentication.forgetSession()).send(null)
    },
  )
}

function noMail(): LeafPadError {
  return new LeafPadError('mail_not_set_up', {
    detail: 'This server sends no mails. Whoever runs it makes a link with the command "user reset-password".',
  })
}

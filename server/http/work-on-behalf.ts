import type { FastifyInstance } from 'fastify'
import { continueOnBehalfOf } from '../database/places.ts'

const nobody: readonly string[] = []

/**
 * Has all that the routes of `app` do once it is known who asks (`request.behalf`, from hooks that were added before) done on their behalf,
 * so that what one asks of the database keeps nobody else from it.
 */
export function workOnBehalf(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    continueOnBehalfOf(request.behalf ?? nobody)
    done()
  })
}

import { setTimeout } from 'node:timers/promises'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Origin } from '../audit/origin.ts'
import type { Database } from '../database/database.ts'
import { revokeExposedKey } from './revoke-exposed-key.ts'
import { LeakAnswerSchema, ReportLeakBodySchema } from './schema.ts'
import { hashSecret } from './secret.ts'

export interface LeakRoutesOptions {
  readonly database: Database
  /** Counts a report of an address. Rejects when there were too many. */
  countReport(address: string): Promise<void>
  /** After how many milliseconds each report is answered, whatever it was about; longer than nearly every revoke takes. Default: 500. */
  readonly answerAfterMs?: number
}

/** A revoke that failed, most likely for want of the database, is tried again after so many milliseconds each. */
const retriesAfterMs = [100, 1_000, 5_000, 30_000]

/** Takes secrets that were found where they should not be, from anybody. What it answers, and when, says nothing about the secret. */
export function leakRoutes(app: FastifyInstance, { database, countReport, answerAfterMs = 500 }: LeakRoutesOptions): void {
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  app.addHook('onClose', async () => {
    closing.abort()
    await Promise.all(underWay)
  })

  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/keys/report-leak',
    {
      schema: {
        tags: ['keys'],
        summary: 'Report a secret that was found where it should not be',
        description:
          'From anybody, without a key. If the secret is one that is let in, its key is revoked at once. The answer is the same for every secret, and comes after the same time.',
        body: ReportLeakBodySchema,
        response: { 202: LeakAnswerSchema },
      },
    },
    async (request, reply) => {
      const answerAt = setTimeout(answerAfterMs)
      await countReport(request.address)
      const secretHash = hashSecret(request.body.secret.trim())
      if (secretHash !== undefined) {
        const revoking = revoke(secretHash, { address: request.address, requestId: request.id }).finally(() => underWay.delete(revoking))
        underWay.add(revoking)
      }
      await answerAt
      return reply
        .code(202)
        .header('cache-control', 'no-store')
        .send({ detail: 'Thank you. If this is a secret that is let in, its key is revoked.' })
    },
  )

  async function revoke(secretHash: string, origin: Origin): Promise<void> {
    for (const retryAfterMs of [...retriesAfterMs, undefined]) {
      try {
        const keyId = await revokeExposedKey(database, secretHash, origin)
        if (keyId !== undefined)
          app.log.warn({ keyId, requestId: origin.requestId }, 'a secret was reported as leaked, and its key revoked')
        return
      } catch (error) {
        if (retryAfterMs === undefined || closing.signal.aborted) {
          return app.log.error(
            { err: error, requestId: origin.requestId },
            'a secret was reported as leaked, and its key could not be revoked',
          )
        }
        await setTimeout(retryAfterMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LeafPadError } from '../errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Has `app` read JSON bodies, and nothing else: UTF-8 to the last byte, no `__proto__`, and no text a database cannot keep as it is
 * (NUL characters, halves of surrogate pairs).
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseSafely = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    let text: string
    let body: unknown
    try {
      text = decode(bytes as Buffer)
      body = text === '' ? absentBody(request) : parseJson(text)
    } catch (error) {
      done(error as LeafPadError)
      return
    }
    if (!mayPoison.test(text)) {
      done(null, body)
      return
    }
    parseSafely(request, text, (error) => {
      if (error === null) done(null, body)
      else done(new LeafPadError('invalid_body', { detail: 'The body names a field "__proto__" or "constructor", which is not accepted.' }))
    })
  })
}

/** What the safe parser would look for, escaped or not. */
const mayPoison = /__proto__|constructor|\\u/

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new LeafPadError('malformed_json', { detail: 'The body is not valid UTF-8.' })
  }
}

function absentBody(request: FastifyRequest): undefined {
  if (request.routeOptions.schema?.body !== undefined) throw missingBody()
}

function parseJson(text: string): unknown {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    const place = /line \d+ column \d+/.exec((error as SyntaxError).message)?.[0]
    throw new LeafPadError('malformed_json', { detail: `The body is not valid JSON${place === undefined ? '' : ` at ${place}`}.` })
  }
  const path = pathOfUnstorable(body, [])?.join('.')
  if (path === undefined) return body
  const message = 'has a NUL character or half a surrogate pair, which cannot be kept'
  throw new LeafPadError('invalid_body', { detail: `In the body, "${path}" ${message}.`, members: { errors: [{ path, message }] } })
}

/** The answer to a request that should have a body and has none. */
export function missingBody(): LeafPadError {
  return new LeafPadError('invalid_body', { detail: 'The request has no body. Send one as JSON, with "Content-Type: application/json".' })
}

/** Where in a value the first text is that PostgreSQL or UTF-8 cannot hold; undefined: nowhere. */
function pathOfUnstorable(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    const found = pathOfUnstorable(name, path) ?? pathOfUnstorable(member, [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}

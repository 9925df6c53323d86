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

/** What stands for a body that was not sent: nothing, or where the route has it optional an empty object. Throws where there must be one. */
export function absentBody({ routeOptions: { schema, config } }: FastifyRequest): object | undefined {
  if (config.optionalBody === true) return {}
  if (schema?.body !== undefined) throw missingBody()
  return undefined
}

function parseJson(text: string): unknown {
  if (!isSimple(text)) {
    throw new LeafPadError('invalid_body', {
      detail: `The body is nested deeper than ${maxDepth} levels or has more than ${maxValues.toLocaleString('en')} values. No request here needs that.`,
    })
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    const place = /line \d+ column \d+/.exec((error as SyntaxError).message)?.[0]
    throw new LeafPadError('malformed_json', { detail: `The body is not valid JSON${place === undefined ? '' : ` at ${place}`}.` })
  }
  const path = pathOfUnstorable(body)?.join('.')
  if (path === undefined) return body
  const message = 'has a NUL character or half a surrogate pair, which cannot be kept'
  throw new LeafPadError('invalid_body', { detail: `In the body, "${path}" ${message}.`, members: { errors: [{ path, message }] } })
}

/** The answer to a request that should have a body and has none. */
function missingBody(): LeafPadError {
  return new LeafPadError('invalid_body', { detail: 'The request has no body. Send one as JSON, with "Content-Type: application/json".' })
}

/** No body of ours comes near; what does would cost far more than its bytes to parse and to check. */
const maxDepth = 16
const maxValues = 1_000

const quote = 0x22
const backslash = 0x5c

/** Whether JSON text has few values, not deeply nested: one look at each character, before anything is made of it. */
function isSimple(text: string): boolean {
  let depth = 0
  let values = 1
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case '"':
        index = endOfString(text, index)
        break
      case '[':
      case '{':
        if (++depth > maxDepth || ++values > maxValues) return false
        break
      case ']':
      case '}':
        depth--
        break
      case ',':
        if (++values > maxValues) return false
    }
  }
  return true
}

/** The position of the quotation mark that ends the string which begins at `start`; the end of the text if none does. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) return index
    if (code === backslash) index++
  }
  return text.length
}

/** Where in a value the first text is that PostgreSQL or UTF-8 cannot hold; undefined: nowhere. */
function pathOfUnstorable(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [] : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    if (pathOfUnstorable(name) !== undefined) return []
    const found = pathOfUnstorable(member)
    if (found !== undefined) return [name, ...found]
  }
  return undefined
}

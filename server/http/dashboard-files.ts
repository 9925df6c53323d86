import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LeafPadError } from '../errors.ts'

/** No inline script or style, no other host, in no frame. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  // Over plain HTTP a request of a page says by nothing else where it comes from (see same-origin.ts).
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface Asset {
  readonly type: string
  readonly plain: Buffer
  /** By content coding, the preferred one first. */
  readonly compressed: readonly (readonly [coding: string, body: Buffer])[]
}

/**
 * Answers with the built dashboard in `folder`, which is read once, as soon as the server listens. Its page is the answer to every path
 * that no other route has and that a browser asks for as a page, since the page itself knows what its paths mean.
 */
export function dashboardFiles(app: FastifyInstance, folder: string): void {
  const page = readFileSync(join(folder, 'index.html'))
  let reading: Promise<ReadonlyMap<string, Asset>> | undefined
  const assets = () =>
    (reading ??= readAssets(join(folder, 'assets')).catch((error) => {
      // The next who asks tries again.
      reading = undefined
      throw error
    }))
  // At once, since a later build may take the place of what the page names; but no start need wait for megabytes.
  app.addHook('onListen', (done) => {
    assets().catch(() => {})
    done()
  })

  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, async (request, reply) => {
    const asset = (await assets()).get(request.params.name)
    if (asset === undefined) throw new LeafPadError('not_found')
    reply.headers(headers).header('cache-control', 'public, max-age=31536000, immutable').type(asset.type)
    return sendSmallest(asset, request, reply)
  })

  app.get('/*', { schema: { hide: true }, config: { page: true } }, (_request, reply) => {
    reply.headers(headers).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
  })
}

/** Whether a request may be for a page of the dashboard: a browser's for something to show, outside of what programs ask for. */
export function asksForPage({ url, headers: { accept = '' } }: Pick<FastifyRequest, 'url' | 'headers'>): boolean {
  const path = url.split('?', 1)[0]!
  const isFile = path.slice(path.lastIndexOf('/')).includes('.')
  return accept.includes('text/html') && !isFile && !/^\/(api|files|assets)(\/|$)/.test(path)
}

async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const names = existsSync(folder) ? await readdir(folder) : []
  const read = async (name: string, type: string): Promise<readonly [string, Asset]> => {
    const codings = (
      [
        ['br', `${name}.br`],
        ['gzip', `${name}.gz`],
      ] as const
    ).filter(([, file]) => names.includes(file))
    const compressed = codings.map(async ([coding, file]) => [coding, await readFile(join(folder, file))] as const)
    return [name, { type, plain: await readFile(join(folder, name)), compressed: await Promise.all(compressed) }]
  }
  const shown = names.flatMap((name) => {
    const type = mediaTypes[extname(name)]
    return type === undefined ? [] : [read(name, type)]
  })
  return new Map(await Promise.all(shown))
}

function sendSmallest({ plain, compressed }: Asset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
  const found = compressed.find(([coding]) => accepted.includes(coding))
  if (compressed.length > 0) reply.header('vary', 'accept-encoding')
  if (found !== undefined) reply.header('content-encoding', found[0])
  return reply.send(found?.[1] ?? plain)
}

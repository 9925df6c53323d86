import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
 * Answers with the built dashboard in `folder`, which is read once. Its page is the answer to every path that no other route has
 * and that a browser asks for as a page, since the page itself knows what its paths mean.
 */
export function dashboardFiles(app: FastifyInstance, folder: string): void {
  const page = readFileSync(join(folder, 'index.html'))
  const assets = readAssets(join(folder, 'assets'))

  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, (request, reply) => {
    const asset = assets.get(request.params.name)
    if (asset === undefined) throw new LeafPadError('not_found')
    reply.headers(headers).header('cache-control', 'public, max-age=31536000, immutable').type(asset.type)
    sendSmallest(asset, request, reply)
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

function readAssets(folder: string): ReadonlyMap<string, Asset> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const assets = new Map<string, Asset>()
  for (const name of names) {
    const type = mediaTypes[extname(name)]
    if (type === undefined) continue
    const compressed = [
      ['br', `${name}.br`],
      ['gzip', `${name}.gz`],
    ] as const
    assets.set(name, {
      type,
      plain: readFileSync(join(folder, name)),
      compressed: compressed.flatMap(([coding, file]) =>
        names.includes(file) ? [[coding, readFileSync(join(folder, file))] as const] : [],
      ),
    })
  }
  return assets
}

function sendSmallest({ plain, compressed }: Asset, request: FastifyRequest, reply: FastifyReply): void {
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
  const found = compressed.find(([coding]) => accepted.includes(coding))
  if (compressed.length > 0) reply.header('vary', 'accept-encoding')
  if (found !== undefined) reply.header('content-encoding', found[0])
  reply.send(found?.[1] ?? plain)
}

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import Fastify, { type FastifyContextConfig, type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify'
import { organizationHeader } from './named-organization.ts'

const text = (description: string) => ({ type: 'string' as const, description })

/** What every error's answer looks like; see docs/errors.md for the codes. */
const problemSchema = {
  type: 'object' as const,
  description: 'An error, as RFC 9457 has it.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: text('The kind of error as a URI.'),
    title: text('The kind of error in words.'),
    status: { type: 'integer' as const, description: 'The HTTP status.' },
    detail: text('What is wrong with this request and how to mend it.'),
    code: text('The kind of error for programs; docs/errors.md explains each.'),
    requestId: text('The name of the request in the log of the server.'),
  },
}

export const publicPrefix = '/api/public/v1'
export const dashboardPrefix = '/api/dashboard/v1'

/** Has `app` answer with what the routes registered after this are, as OpenAPI 3.1, at `/api/openapi.json`. */
export function describeApi(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', ({ method, url, schema = {}, config = {} }) => {
    // Fastify's own beside each GET.
    if (method !== 'HEAD') routes.push({ method, url, schema, config, handler() {} })
  })
  let text: Promise<string> | undefined
  app.get('/api/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= describe(routes)
    return reply.header('content-type', 'application/json').send(await text)
  })
}

/** By an app that has the same routes, made once somebody asks: what describes them is a tenth of all that a start would read. */
async function describe(routes: readonly RouteOptions[]): Promise<string> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = Fastify({ exposeHeadRoutes: false })
  app.setValidatorCompiler(() => () => true).setSerializerCompiler(() => () => '')
  await app.register(swagger, description)
  for (const route of routes) app.route(route)
  await app.ready()
  return `${JSON.stringify(app.swagger(), null, 2)}\n`
}

const description: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'LeafPad',
      version: '1',
      description:
        "The public API takes an API key, the dashboard's API takes its session. Errors are `application/problem+json`. " +
        'Every answer to a valid key tells what is left of its day in `RateLimit` and `X-RateLimit-*`.',
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The same API key as a bearer token.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'leafpad.session_token',
          description: "The dashboard's session; with https the name begins with `__Host-`.",
        },
      },
      schemas: { Problem: problemSchema },
    },
  },
  transform: ({ schema = {}, url, route }) => ({ schema: described(schema, url, route.config ?? {}), url }),
  transformObject: (made) => ('openapiObject' in made ? withOptionalBodies(made.openapiObject) : made.swaggerObject),
}

type DescribedConfig = Pick<FastifyContextConfig, 'session' | 'inOrganization' | 'optionalBody' | 'public'>

const organizationHeaders = {
  type: 'object' as const,
  properties: {
    [organizationHeader]: text(
      'With a session: the organization this is about. Unless it is the active one, the answer is 409 and nothing is done. A key has but one organization, and the header is not looked at.',
    ),
  },
}

function described(schema: FastifySchema, url: string, config: DescribedConfig): FastifySchema {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  const response = { ...(schema.response as object), default: { description: 'An error.', content } }
  const headers = (config.session || config.inOrganization) && { headers: organizationHeaders }
  const optional = config.optionalBody && { [optionalBody]: true }
  return { ...schema, ...headers, ...optional, response, security: securityOf(url, config) } as FastifySchema
}

/** Marks, until the whole is described, an operation whose body need not be sent: what describes it takes every body for required. */
const optionalBody = 'x-optional-body'

type OpenApi = Extract<
  Parameters<NonNullable<FastifyDynamicSwaggerOptions['transformObject']>>[0],
  { openapiObject: unknown }
>['openapiObject']

function withOptionalBodies(openapi: OpenApi): OpenApi {
  for (const path of Object.values(openapi.paths ?? {})) {
    for (const operation of Object.values(path as Record<string, Record<string, unknown>>)) {
      if (operation[optionalBody] !== true) continue
      delete operation[optionalBody]
      Object.assign(operation.requestBody as object, { required: false })
    }
  }
  return openapi
}

function securityOf(url: string, { session, public: open }: DescribedConfig) {
  if (url.startsWith(publicPrefix)) return [{ key: [] }, { bearer: [] }, ...(session === true ? [{ session: [] }] : [])]
  return url.startsWith(dashboardPrefix) && open !== true ? [{ session: [] }] : []
}

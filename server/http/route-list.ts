import type { RouteOptions } from 'fastify'

export interface ListedRoute {
  readonly method: string
  /** Such as `/api/public/v1/knowledge-base/:id`. */
  readonly pattern: string
  readonly config: NonNullable<RouteOptions['config']>
}

/** Every route of an app, as it was registered. */
export interface RouteList {
  add(route: RouteOptions): void
  all(): readonly ListedRoute[]
  /** The methods a path has, sorted; empty for a path that has none. Routes that take any path do not count. */
  methodsOf(path: string): readonly string[]
}

export function createRouteList(): RouteList {
  const routes: ListedRoute[] = []
  return {
    add({ method, url, config = {} }) {
      for (const name of [method].flat()) routes.push({ method: name.toUpperCase(), pattern: url, config })
    },
    all: () => routes,
    methodsOf(path) {
      const methods = routes.filter(({ pattern }) => !pattern.includes('*') && matches(pattern, path)).map(({ method }) => method)
      return [...new Set(methods)].sort()
    },
  }
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const steps = path.split('/')
  return (
    wanted.length === steps.length && wanted.every((step, index) => (step.startsWith(':') ? steps[index] !== '' : step === steps[index]))
  )
}

/** Headers of which a request has at most one; Node keeps the first or joins them, where another reader may take the last. */
const singletons: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-type',
  'host',
  'origin',
  'sec-fetch-site',
  'x-api-key',
  'x-organization-id',
])

const lengths: ReadonlySet<number> = new Set([...singletons].map((name) => name.length))

/** The name of a header that may come once and came twice, in lower case; undefined: there is none. */
export function doubledHeader(rawHeaders: readonly string[]): string | undefined {
  let seen: string[] | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!lengths.has(rawHeaders[index]!.length)) continue
    const name = rawHeaders[index]!.toLowerCase()
    if (!singletons.has(name)) continue
    if (seen === undefined) seen = [name]
    else if (seen.includes(name)) return name
    else seen.push(name)
  }
  return undefined
}

/** The parts of a PostgreSQL URL around its hosts. The last `@` before the path ends user and password, as in every URL. */
const parts = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s

/**
 * A PostgreSQL URL as one for each host it names, in its order: `postgres://user@one:5432,two/database` names two. All else stands in
 * each of them. What is no such URL, or names one host or none, is returned as it is.
 */
export function splitHosts(url: string): string[] {
  const [, before, hosts, after] = parts.exec(url) ?? []
  if (hosts === undefined) return [url]
  return hosts.split(',').map((host) => `${before}${host}${after}`)
}

/** Changes what a PostgreSQL URL says beside its hosts, by a function that is given the URL with the first of them alone. */
export function mapBesideHosts(url: string, change: (url: string) => string): string {
  const changed = change(splitHosts(url)[0]!)
  const hosts = parts.exec(url)?.[2]
  return hosts?.includes(',') ? changed.replace(parts, (_, before, _first, after) => `${before}${hosts}${after}`) : changed
}

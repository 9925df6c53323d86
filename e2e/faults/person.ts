import { setTimeout } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { pick } from './random.ts'

/** What an attempt came to: the status of its answer, or null where there was none, and its body. */
export interface Attempt {
  readonly status: number | null
  // biome-ignore lint/suspicious/noExplicitAny: the shapes of answers are tested elsewhere.
  readonly body: any
  readonly cookie: string | undefined
}

/** How long somebody waits for an answer of the dashboard's API before they ask another copy. */
const patienceMs = 5_000

/** Somebody with a browser: asks the dashboard's API of any copy. */
export interface Person {
  readonly email: string
  try(method: string, path: string, body?: object): Promise<Attempt>
  /** Tries at one copy after the other until it is answered 2xx, or with one of the statuses that will do. */
  insist(method: string, path: string, body?: object, ...willDo: number[]): Promise<Attempt>
}

export const password = 'a-long-password'

export function createPerson(cluster: Cluster, random: () => number, email: string): Person {
  let cookie = ''
  const address = `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`

  async function attempt(method: string, path: string, body?: object): Promise<Attempt> {
    try {
      const answer = await fetch(`${pick(random, cluster.copies).url}/api/dashboard/v1${path}`, {
        method,
        headers: {
          origin: cluster.origin,
          'x-forwarded-for': address,
          cookie,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      })
      const text = await answer.text()
      const [set] = answer.headers.getSetCookie()
      if (answer.ok && set !== undefined) cookie = set.split(';')[0]!
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), cookie: set }
    } catch {
      return { status: null, body: undefined, cookie: undefined }
    }
  }

  async function insist(method: string, path: string, body?: object, ...willDo: number[]): Promise<Attempt> {
    for (;;) {
      const answer = await attempt(method, path, body)
      if (answer.status !== null && (answer.status < 300 || willDo.includes(answer.status))) return answer
      if (answer.status !== null && answer.status !== 503) {
        throw new Error(`${method} ${path} of ${email} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      }
      await setTimeout(50)
    }
  }
  return { email, try: attempt, insist }
}

/** Makes an account, with an organization of its own if that is named, by the set-up link's token or, without one, as anybody may. */
export async function signUp(
  cluster: Cluster,
  random: () => number,
  email: string,
  { organizationName, token }: { readonly organizationName?: string; readonly token?: string } = {},
): Promise<Person> {
  const person = createPerson(cluster, random, email)
  const account = { name: 'Ada', email, password, ...(organizationName !== undefined && { organizationName }) }
  // Where the first attempt had no answer, the account may be there.
  const made = await person.insist(
    'POST',
    token === undefined ? '/sign-up' : '/set-up',
    token === undefined ? account : { ...account, token },
    409,
    403,
  )
  if (made.cookie === undefined) await person.insist('POST', '/sign-in', { email, password })
  return person
}

import { setTimeout } from 'node:timers/promises'
import type { Subject } from './clients.ts'
import type { Cluster } from './cluster.ts'
import type { DatabaseClock } from './database-clock.ts'
import type { Created, History, How } from './history.ts'
import { type Person, password, signUp } from './person.ts'
import { deal } from './random.ts'

/** How long a key is used before its end is asked for, at most, and how long it is tried afterwards. */
const livesMs = 900
const lingersMs = 600

export interface Lives {
  /** Who owns an organization, with the keys in it whose figures the dashboard can be asked for. */
  readonly owners: readonly Owner[]
  stop(): Promise<void>
}

interface Owner {
  readonly person: Person
  readonly organizationId: string
}

interface World {
  readonly cluster: Cluster
  readonly clock: DatabaseClock
  readonly history: History
  readonly random: () => number
}

/** Generates a key for the organization of an owner, to be used all the time. */
export async function generateKey(
  { history }: Pick<World, 'history'>,
  person: Person,
  organizationId: string,
  { expiresAt = null, readOnly = false }: Partial<Pick<Created, 'expiresAt' | 'readOnly'>> = {},
): Promise<Subject> {
  await person.insist('PUT', '/session/organization', { organizationId })
  const expiry = expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() }
  const narrowed = readOnly ? { permissions: ['documents:read'] } : {}
  const { body } = await person.insist('POST', '/keys', { name: 'CI', organizationId, ...expiry, ...narrowed })
  history.keys.push({ key: body.key.id, expiresAt, readOnly })
  return { key: body.key.id, secret: body.secret, number: 1 }
}

/** An owner with an organization. The first is made by the set-up link's token. */
export async function makeOwner({ cluster, random }: World, number: number): Promise<Owner> {
  const made = number === 0 ? { token: cluster.setUpToken } : {}
  const person = await signUp(cluster, random, `owner${number}@example.com`, { organizationName: 'Acme', ...made })
  const { body } = await person.insist('GET', '/session')
  return { person, organizationId: body.organization.id }
}

/**
 * Has keys begin and end, one after the other for each owner, in all ways there are, none of them again before the others have had their
 * turn; those that live or have just ended are in `subjects`. However early it is stopped, each way has been gone once.
 */
export function runLives(world: World, owners: readonly Owner[], subjects: Set<Subject>): Lives {
  let running = true
  let people = 0
  const left = new Set<Way>(ways)
  const dealt = deal(world.random, ways)

  async function live(owner: Owner) {
    const begins = createBegins(world, owner, () => people++)
    while (running || left.size > 0) {
      const way = dealt.next().value
      left.delete(way)
      const { subject, end } = await begins[way]()
      subjects.add(subject)
      await setTimeout(world.random() * livesMs)
      const next = await end()
      if (next !== undefined) subjects.add(next)
      await setTimeout(lingersMs)
      subjects.delete(subject)
      if (next !== undefined) subjects.delete(next)
    }
  }
  const lives = Promise.all(owners.map(live))
  // Told when it is stopped, not in the middle.
  lives.catch(() => {})
  return {
    owners,
    async stop() {
      running = false
      await lives
    },
  }
}

/** The end may leave another secret of the same key. */
type Begin = () => Promise<{ readonly subject: Subject; end(): Promise<Subject | undefined> }>

const ways = [
  'revoke',
  'expiry',
  'organization',
  'removal',
  'lowered role',
  'account',
  'rotation',
  'policy',
  'networks',
] as const satisfies (How | 'expiry')[]
type Way = (typeof ways)[number]

/** Each begins the life of a key, and tells how to end it. */
function createBegins(world: World, { person: owner, organizationId }: Owner, nextPerson: () => number): Record<Way, Begin> {
  const { cluster, clock, history, random } = world
  const readDocuments = `select "fileName" as name from document where "keyId" = $1`

  /** Asks for an end until it is acknowledged, each attempt in the history. `gone`: what says that an attempt without an answer had done it. */
  async function end(how: How, key: string, by: Person, gone: number[], method: string, path: string, body?: object) {
    for (let tried = false; ; tried = true) {
      const begun = performance.now()
      const { status, body: answer } = await by.try(method, path, body)
      const ended = performance.now()
      const acknowledged = status !== null && (status < 300 || (tried && gone.includes(status)))
      const documents = acknowledged && how !== 'organization' ? await cluster.pair.ask<{ name: string }>(readDocuments, [key]) : null
      const newest: number | null = how === 'rotation' && acknowledged ? answer.key.secrets[0].number : null
      history.endings.push({ key, how, begun, ended, acknowledged, newest, documents: documents?.map(({ name }) => name) ?? null })
      if (acknowledged) return newest === null ? undefined : { key, secret: answer.secret as string, number: newest }
      if (status !== null && status !== 503) throw new Error(`${how} of ${key} was answered ${status}`)
      await setTimeout(50)
    }
  }

  /** Makes somebody a member of the owner's organization, and resolves to the membership. */
  async function join(person: Person): Promise<string> {
    const invited = await owner.insist('POST', `/organizations/${organizationId}/invitations`, { email: person.email, role: 'member' }, 409)
    if (invited.body.link !== undefined) {
      const token = new URL(invited.body.link).hash.slice('#token='.length)
      // Where an attempt had no answer, the invitation may be taken.
      await person.insist('POST', '/invitations/accept', { token }, 409, 403, 404, 400)
    }
    const rows = await cluster.pair.ask<{ id: string }>(
      `select m.id from member m join "user" u on u.id = m."userId" where u.email = $1 and m."organizationId" = $2`,
      [person.email, organizationId],
    )
    if (rows.length === 0) return join(person)
    return rows[0]!.id
  }

  /** The life of a key in an organization of its own, which a policy ends. */
  async function underPolicy(how: How, policy: object) {
    const { body } = await owner.insist('POST', '/organizations', { name: 'Strict' })
    const strict: string = body.organization.id
    const subject = await generateKey(world, owner, strict)
    return { subject, end: () => end(how, subject.key, owner, [], 'PATCH', `/organizations/${strict}/policy`, policy) }
  }

  let eve: Person | undefined
  const haveEve = async () => {
    eve ??= await signUp(cluster, random, `eve${nextPerson()}@example.com`)
    return eve
  }

  return {
    revoke: async () => {
      const subject = await generateKey(world, owner, organizationId, { readOnly: random() < 0.5 })
      return { subject, end: () => end('revoke', subject.key, owner, [], 'POST', `/keys/${subject.key}/revoke`, {}) }
    },
    expiry: async () => {
      for (let aheadMs = 2_000; ; aheadMs *= 2) {
        const expiresAt = Math.floor(clock.now()) + aheadMs
        const subject = await generateKey(world, owner, organizationId, { expiresAt }).catch((error) => {
          // It may have taken so long that the instant was past.
          if (aheadMs > 30_000) throw error
        })
        if (subject === undefined) continue
        return {
          subject,
          async end() {
            while (clock.now() < expiresAt) await setTimeout(50)
            return undefined
          },
        }
      }
    },
    organization: async () => {
      const { body } = await owner.insist('POST', '/organizations', { name: 'Short' })
      const subject = await generateKey(world, owner, body.organization.id)
      return { subject, end: () => end('organization', subject.key, owner, [404], 'DELETE', `/organizations/${body.organization.id}`) }
    },
    rotation: async () => {
      const subject = await generateKey(world, owner, organizationId)
      const path = `/keys/${subject.key}/rotate`
      return { subject, end: () => end('rotation', subject.key, owner, [], 'POST', path, { oldEndsInSeconds: 0 }) }
    },
    policy: () => underPolicy('policy', { needsExpiry: true }),
    networks: () => underPolicy('networks', { networks: ['192.0.2.0/24'] }),
    removal: async () => {
      const member = await haveEve()
      const memberId = await join(member)
      const subject = await generateKey(world, member, organizationId)
      const path = `/organizations/${organizationId}/members/${memberId}`
      return { subject, end: () => end('removal', subject.key, owner, [404], 'DELETE', path) }
    },
    'lowered role': async () => {
      const member = await haveEve()
      const memberId = await join(member)
      const subject = await generateKey(world, member, organizationId)
      const path = `/organizations/${organizationId}/members/${memberId}`
      return {
        subject,
        async end() {
          await end('lowered role', subject.key, owner, [], 'PATCH', path, { role: 'viewer' })
          // Somebody else is the next member, so that the lowered role can be looked for at the end.
          eve = undefined
          return undefined
        },
      }
    },
    account: async () => {
      const member = await signUp(cluster, random, `zed${nextPerson()}@example.com`)
      await join(member)
      const subject = await generateKey(world, member, organizationId)
      // Asked for again while the attempt without an answer is done: signed in when it began, and no password to be right any more.
      const gone = [401, 403]
      return { subject, end: () => end('account', subject.key, member, gone, 'DELETE', '/account', { password }) }
    },
  }
}

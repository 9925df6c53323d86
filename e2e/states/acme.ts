import { openWorld, type Person, type World } from '../testing/world.ts'

/** Whose a key is, for `addKey`. */
export function ofOwner({ organizationId, memberId, owner }: Acme) {
  return { organizationId, memberId, userId: owner.userId }
}

/** The page of Acme's newest key of this name. */
export function keyPath(name: string): (acme: Acme) => Promise<string> {
  return async ({ world, organizationId }) => {
    const query = world.database.kysely.selectFrom('key').select('id').where('name', '=', name).orderBy('createdAt', 'desc')
    const { id } = await query.where('organizationId', '=', organizationId).executeTakeFirstOrThrow()
    return `/settings/api-keys/${id}`
  }
}

/** An organization with a bit of everything, as rows. */
export interface Acme {
  readonly world: World
  readonly organizationId: string
  readonly owner: Person
  readonly viewer: Person
  /** Alone in an organization with nothing in it. */
  readonly founder: Person
  /** In no organization. */
  readonly loner: Person
  /** The owner's membership. */
  readonly memberId: string
}

const dayMs = 86_400_000

export async function openAcme(
  t: { after(end: () => Promise<void>): void },
  overrides: Parameters<typeof openWorld>[1] = {},
): Promise<Acme> {
  const world = await openWorld(t, overrides)
  const organizationId = await world.addOrganization('Acme')
  const owner = await world.addUser('Ada Lovelace', 'ada@example.com')
  const memberId = await world.addMember(organizationId, owner.userId, 'owner')
  const admin = await world.addUser('Grace Hopper', 'grace@example.com')
  const adminId = await world.addMember(organizationId, admin.userId, 'admin')
  const member = await world.addUser('Alan Turing', 'alan@example.com')
  const alanId = await world.addMember(organizationId, member.userId, 'member')
  const viewer = await world.addUser('Edsger Dijkstra', 'edsger@example.com')
  await world.addMember(organizationId, viewer.userId, 'viewer')
  const former = await world.addUser('Niklaus Wirth', 'niklaus@example.com')
  const loner = await world.addUser('Barbara Liskov', 'barbara@example.com')
  const founder = await world.addUser('Konrad Zuse', 'konrad@example.com')
  await world.addMember(await world.addOrganization('Rechenwerk'), founder.userId, 'owner')
  const elsewhere = await world.addOrganization('Difference Works')
  await world.addMember(elsewhere, owner.userId, 'admin')

  const now = Date.now()
  const ofOwner = { organizationId, memberId, userId: owner.userId }
  await world.addKey({ ...ofOwner, name: 'Leaked in a log', createdAt: now - 90 * dayMs, revokedAt: now - dayMs })
  await world.addKey({ ...ofOwner, name: 'Old pipeline', createdAt: now - 60 * dayMs, expiresAt: now - 30 * dayMs })
  const gone = { organizationId, memberId: 'mem_gone', userId: former.userId }
  await world.addKey({ ...gone, name: 'Report of the week', createdAt: now - 50 * dayMs, expiresAt: now + 300 * dayMs })
  const ofAlan = { organizationId, memberId: alanId, userId: member.userId }
  await world.addKey({ ...ofAlan, name: 'Laptop', createdAt: now - 2 * dayMs, expiresAt: now + 5 * dayMs })
  const ofGrace = { organizationId, memberId: adminId, userId: admin.userId }
  await world.addKey({ ...ofGrace, name: 'Website search', createdAt: now - 20 * dayMs, expiresAt: now + 70 * dayMs, used: 1_874 })
  await world.addKey({ ...ofGrace, name: 'Mobile app', createdAt: now - 10 * dayMs, used: 2_000 })
  const inADay = now + dayMs
  await world.addKey({ ...ofAlan, name: 'Help desk', createdAt: now - 40 * dayMs, oldEndsAt: inADay, used: 96 })
  await world.addKey({
    ...ofOwner,
    name: 'Newsletter',
    createdAt: now - 8 * dayMs,
    expiresAt: now + 80 * dayMs,
    oldEndsAt: inADay,
    used: 41,
  })
  await world.addKey({ ...ofOwner, name: 'Nightly import', createdAt: now - 5 * dayMs, expiresAt: now + 25 * dayMs, used: 312 })

  await world.addDocument({ organizationId, userId: former.userId, fileName: 'opening-hours.txt' })
  await world.addDocument({ organizationId, userId: member.userId, fileName: 'price-list-2026.pdf' })
  await world.addDocument({ organizationId, userId: owner.userId, fileName: 'handbook.md' })
  await world.invite(organizationId, owner.userId, 'linus@example.com', 'member')
  return { world, organizationId, owner, viewer, founder, loner, memberId }
}

import type { AuditAction } from '../../server/audit/actions.ts'
import { openWorld, type Person, type World } from '../testing/world.ts'

/** Whose a key is, for `addKey`. */
export function ofOwner({ organizationId, memberId, owner }: Acme) {
  return { organizationId, memberId, userId: owner.userId }
}

/** Acme's newest key of this name. */
export async function keyIdOf({ world, organizationId }: Acme, name: string): Promise<string> {
  const query = world.database.kysely.selectFrom('key').select('id').where('name', '=', name).orderBy('createdAt', 'desc')
  return (await query.where('organizationId', '=', organizationId).executeTakeFirstOrThrow()).id
}

/** Its page. */
export function keyPath(name: string): (acme: Acme) => Promise<string> {
  return async (acme) => `/settings/api-keys/${await keyIdOf(acme, name)}`
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
  const searchId = await world.addKey({
    ...ofGrace,
    name: 'Website search',
    createdAt: now - 20 * dayMs,
    expiresAt: now + 70 * dayMs,
    used: 1_874,
  })
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
  const importId = await world.addKey({
    ...ofOwner,
    name: 'Nightly import',
    createdAt: now - 5 * dayMs,
    expiresAt: now + 25 * dayMs,
    used: 312,
  })

  await world.addDocument({ organizationId, userId: former.userId, fileName: 'opening-hours.txt' })
  await world.addDocument({ organizationId, userId: member.userId, fileName: 'price-list-2026.pdf' })
  await world.addDocument({ organizationId, userId: owner.userId, fileName: 'handbook.md' })
  await world.invite(organizationId, owner.userId, 'linus@example.com', 'member')
  await addUse(world, searchId)
  await addChanges(world, { organizationId, searchId, importId, ownerId: owner.userId, adminId: admin.userId, memberId: member.userId })
  return { world, organizationId, owner, viewer, founder, loner, memberId }
}

/** A key that was used for three weeks, and was refused now and then. */
async function addUse(world: World, keyId: string): Promise<void> {
  const now = Date.now()
  const dayOf = (daysAgo: number) => new Date(now - daysAgo * dayMs).toISOString().slice(0, 10)
  const hourOf = (hoursAgo: number) => new Date(now - hoursAgo * 3_600_000).toISOString().slice(0, 13)
  const usage = Array.from({ length: 20 }, (_, index) => {
    const used = 400 + ((index * 373) % 1_100)
    const hours = `07:${Math.round(used * 0.1)} 09:${Math.round(used * 0.5)} 15:${Math.round(used * 0.8)} `
    return { day: dayOf(index + 1), used, hours }
  })
  const code = 'quota_exceeded'
  const refusals = [
    { hour: hourOf(1), code: 'missing_permission', count: 41 },
    { hour: hourOf(30), code: 'network_not_allowed', count: 120 },
    { hour: `${dayOf(9)}T20`, code, count: 310 },
    { hour: `${dayOf(16)}T20`, code, count: 95 },
  ]
  const route = '/api/public/v1/knowledge-base'
  const requests = Array.from({ length: 24 }, (_, index) => ({
    at: now - (24 - index) * 61_000,
    secretNumber: 1,
    method: index % 3 === 0 ? 'POST' : 'GET',
    route: index % 4 === 1 ? `${route}/:id/content` : route,
    ...(index % 6 === 0 ? { status: 403, code: 'missing_permission' } : { status: 200, code: null }),
    address: index % 5 === 0 ? '2001:db8:85a3:8d3:1319:8a2e:370:7348' : '203.0.113.7',
    requestId: `req_${String(index).padStart(2, '0')}a1b2c3d4e5f60718293a4b`,
  }))
  await world.addHistory(keyId, { usage, refusals, requests })
}

interface Changed {
  readonly organizationId: string
  readonly searchId: string
  readonly importId: string
  readonly ownerId: string
  readonly adminId: string
  readonly memberId: string
}

/** An entry of each action, most of them of one key. */
async function addChanges(world: World, { organizationId, searchId, importId, ownerId, adminId, memberId }: Changed): Promise<void> {
  const at = new Date(Date.now() + dayMs).toISOString()
  const changes: readonly (readonly [AuditAction, userId: string | null, targetId: string, details: object])[] = [
    ['organization.created', ownerId, organizationId, { name: 'Acme' }],
    ['organization.renamed', ownerId, organizationId, { name: { from: 'Acme Ltd.', to: 'Acme' } }],
    ['invitation.created', ownerId, 'inv_gone', { role: 'admin', replaced: null }],
    ['invitation.withdrawn', ownerId, 'inv_gone', { role: 'viewer' }],
    ['member.joined', adminId, adminId, { role: 'admin', memberId: 'mem_1', invitationId: 'inv_gone' }],
    ['member.role_changed', ownerId, memberId, { role: { from: 'viewer', to: 'member' }, memberId: 'mem_2', withdrawnInvitations: [] }],
    ['member.removed', ownerId, 'user_gone', { role: 'viewer', memberId: 'mem_3', withdrawnInvitations: ['inv_1', 'inv_2'] }],
    ['member.left', 'user_gone', 'user_gone', { role: 'admin', memberId: 'mem_4', withdrawnInvitations: ['inv_1'], accountDeleted: true }],
    [
      'policy.changed',
      ownerId,
      organizationId,
      {
        maxLifetimeDays: { from: null, to: 365 },
        needsExpiry: { from: false, to: true },
        maxLiveKeysPerMember: null,
        maxIdleDays: null,
        networks: { from: null, to: ['10.0.0.0/8', '2001:db8::/32'] },
      },
    ],
    ['key.generated', adminId, searchId, { name: 'Search', expiresAt: null, memberId: 'mem_1', permissions: null, networks: null }],
    ['key.renamed', adminId, searchId, { name: { from: 'Search', to: 'Website search' } }],
    ['key.expiry_shortened', adminId, searchId, { expiresAt: { from: null, to: at } }],
    ['key.rotated', adminId, searchId, { secretNumber: 2, oldEndsAt: at, endedNumber: null }],
    ['key.secret_ended', ownerId, searchId, { secretNumber: 1 }],
    ['key.identified', ownerId, searchId, { secretNumber: 2 }],
    ['key.idle_block_lifted', ownerId, searchId, {}],
    [
      'key.generated',
      ownerId,
      importId,
      { name: 'Nightly import', expiresAt: at, memberId: 'mem_0', permissions: ['documents:read'], networks: ['10.0.0.0/8'] },
    ],
    ['key.revoked', null, 'key_gone', { reason: 'exposed', note: null }],
    ['key.revoked', adminId, 'key_gone', { reason: 'other', note: 'It stood in a log of the CI' }],
    ['key.revoked', ownerId, 'key_gone', { reason: 'by_admin', note: null }],
  ]
  for (const [index, [action, userId, targetId, details]] of changes.entries()) {
    const from = { address: userId === null ? null : '203.0.113.7', requestId: userId === null ? null : `req_${index}f2b` }
    await world.addEntry({
      organizationId,
      action,
      userId,
      targetId,
      details,
      at: Date.now() - (changes.length - index) * 3_600_000,
      ...from,
    })
  }
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Role } from '../organizations/roles.ts'
import { openTestApp, type TestApp, type TestMember } from '../testing/test-app.ts'
import { databaseKinds } from '../testing/test-database.ts'

/** Ids that a request can name, all of one organization or all of none. */
interface Ids {
  readonly organization: string
  readonly member: string
  readonly key: string
  readonly document: string
  readonly invitation: string
  readonly session: string
  readonly notice: string
}

interface Request {
  readonly path: string
  readonly payload?: object
}

const publicApi = '/api/public/v1'
const dashboardApi = '/api/dashboard/v1'

/** For each route with an id in its path, query or body, the requests to it that name ids; the first argument is the asker's own organization. */
const requests: Record<string, (own: string, ids: Ids) => Request[]> = {
  'GET /api/public/v1/knowledge-base/:id': (_own, { document }) => [{ path: `/knowledge-base/${document}` }],
  'DELETE /api/public/v1/knowledge-base/:id': (_own, { document }) => [{ path: `/knowledge-base/${document}` }],
  'GET /api/public/v1/knowledge-base/:id/content': (_own, { document }) => [{ path: `/knowledge-base/${document}/content` }],

  'POST /api/dashboard/v1/keys': (_own, { organization }) => [{ path: '/keys', payload: { name: 'x', organizationId: organization } }],
  'GET /api/dashboard/v1/keys': (_own, { member }) => [{ path: `/keys?memberId=${member}` }],
  'GET /api/dashboard/v1/keys/:id': (_own, { key }) => [{ path: `/keys/${key}` }],
  'PATCH /api/dashboard/v1/keys/:id': (_own, { key }) => [
    { path: `/keys/${key}`, payload: { name: 'x' } },
    { path: `/keys/${key}`, payload: { expiresInDays: 1 } },
  ],
  'POST /api/dashboard/v1/keys/:id/lift-idle-block': (_own, { key }) => [{ path: `/keys/${key}/lift-idle-block` }],
  'POST /api/dashboard/v1/keys/revoke-all': (_own, { member }) => [{ path: '/keys/revoke-all', payload: { memberId: member } }],
  'GET /api/dashboard/v1/keys/:id/use': (_own, { key }) => [{ path: `/keys/${key}/use` }],
  'GET /api/dashboard/v1/keys/:id/requests': (_own, { key }) => [{ path: `/keys/${key}/requests` }],
  'POST /api/dashboard/v1/keys/:id/rotate': (_own, { key }) => [{ path: `/keys/${key}/rotate` }],
  'POST /api/dashboard/v1/keys/:id/secrets/:number/end': (_own, { key }) => [{ path: `/keys/${key}/secrets/1/end` }],
  'POST /api/dashboard/v1/keys/:id/revoke': (_own, { key }) => [{ path: `/keys/${key}/revoke` }],

  'GET /api/dashboard/v1/audit': (_own, { key, organization }) => [
    { path: `/audit?targetId=${key}` },
    { path: `/audit?targetId=${organization}&userId=${organization}` },
  ],
  'GET /api/dashboard/v1/audit/export': (_own, { key, organization }) => [
    { path: `/audit/export?targetId=${key}` },
    { path: `/audit/export?targetId=${organization}&userId=${organization}` },
  ],

  'PUT /api/dashboard/v1/session/organization': (_own, { organization }) => [
    { path: '/session/organization', payload: { organizationId: organization } },
  ],
  'PATCH /api/dashboard/v1/organizations/:id': (_own, { organization }) => [
    { path: `/organizations/${organization}`, payload: { name: 'x' } },
  ],
  'GET /api/dashboard/v1/organizations/:id/policy': (_own, { organization }) => [{ path: `/organizations/${organization}/policy` }],
  'PATCH /api/dashboard/v1/organizations/:id/policy': (_own, { organization }) => [
    { path: `/organizations/${organization}/policy`, payload: { needsExpiry: true } },
  ],
  'DELETE /api/dashboard/v1/organizations/:id': (_own, { organization }) => [{ path: `/organizations/${organization}` }],
  'POST /api/dashboard/v1/organizations/:id/leave': (_own, { organization }) => [{ path: `/organizations/${organization}/leave` }],
  'GET /api/dashboard/v1/organizations/:id/members': (_own, { organization }) => [{ path: `/organizations/${organization}/members` }],
  'PATCH /api/dashboard/v1/organizations/:id/members/:memberId': (own, { organization, member }) => [
    { path: `/organizations/${organization}/members/${member}`, payload: { role: 'viewer' } },
    { path: `/organizations/${own}/members/${member}`, payload: { role: 'viewer' } },
  ],
  'DELETE /api/dashboard/v1/organizations/:id/members/:memberId': (own, { organization, member }) => [
    { path: `/organizations/${organization}/members/${member}` },
    { path: `/organizations/${own}/members/${member}` },
  ],
  'POST /api/dashboard/v1/organizations/:id/invitations': (_own, { organization }) => [
    { path: `/organizations/${organization}/invitations`, payload: { email: 'eve@example.test', role: 'viewer' } },
  ],
  'GET /api/dashboard/v1/organizations/:id/invitations': (_own, { organization }) => [
    { path: `/organizations/${organization}/invitations` },
  ],
  'DELETE /api/dashboard/v1/organizations/:id/invitations/:invitationId': (own, { organization, invitation }) => [
    { path: `/organizations/${organization}/invitations/${invitation}` },
    { path: `/organizations/${own}/invitations/${invitation}` },
  ],
  'DELETE /api/dashboard/v1/sessions/:id': (_own, { session }) => [{ path: `/sessions/${session}` }],
  'DELETE /api/dashboard/v1/notices/:id': (_own, { notice }) => [{ path: `/notices/${notice}` }],
}

/** Routes whose ids narrow down a list, which is then empty. */
const lists = ['GET /api/dashboard/v1/keys', 'GET /api/dashboard/v1/audit', 'GET /api/dashboard/v1/audit/export']

/** Routes whose id is the credential itself. */
const linksOnly = ['/files/:publicToken']

/** Whether an operation of the OpenAPI description takes an id in its query or, however deep, in its body. */
function takesId({ parameters = [], requestBody = {} }: Operation): boolean {
  const isId = (name: string) => /(^id|I[dD]|_id)s?$/.test(name)
  const hasId = (schema: unknown): boolean =>
    typeof schema === 'object' &&
    schema !== null &&
    Object.entries(schema).some(([name, inside]) => (name === 'properties' && Object.keys(inside as object).some(isId)) || hasId(inside))
  return parameters.some((parameter) => parameter.in === 'query' && isId(parameter.name)) || hasId(requestBody)
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: object
}

/** An organization with one of everything. */
async function fullOrganization({ app, database, signedInAs, generateKey }: TestApp): Promise<Ids> {
  const member = await signedInAs('owner')
  const { keyId, secret } = await generateKey(member)
  const made = await app.inject({
    method: 'POST',
    url: `${publicApi}/knowledge-base`,
    headers: { 'x-api-key': secret },
    payload: { text: 'theirs' },
  })
  const invited = await app.inject({
    method: 'POST',
    url: `${dashboardApi}/organizations/${member.organizationId}/invitations`,
    headers: { cookie: member.cookie },
    payload: { email: 'ada@example.test', role: 'member' },
  })
  const session = await database.kysely.selectFrom('session').select('id').where('userId', '=', member.userId).executeTakeFirstOrThrow()
  const notice = await database.kysely.selectFrom('notice').select('id').where('userId', '=', member.userId).executeTakeFirstOrThrow()
  return {
    organization: member.organizationId,
    member: member.memberId,
    key: keyId,
    document: made.json().document.id,
    invitation: invited.json().invitation.id,
    session: session.id,
    notice: notice.id,
  }
}

/** Ids like given ones, of nothing: their last character is another. */
function ofNothing(ids: Ids): Ids {
  const changed = Object.entries(ids).map(([name, id]) => [name, `${id.slice(0, -1)}${id.endsWith('a') ? 'b' : 'a'}`])
  return Object.fromEntries(changed)
}

/** Ids that nothing can have. */
const misshapen = ['x', '_', '%20', '%C3%A9', '..%2F..', '%27%20or%20%271%27=%271', '0'.repeat(65), 'x'.repeat(4_000)].map((id) => ({
  organization: id,
  member: id,
  key: id,
  document: id,
  invitation: id,
  session: id,
  notice: id,
}))

for (const kind of databaseKinds) {
  describe(`what is not yours, on ${kind}`, () => {
    it('is asked for here in every route that takes an id', async (t) => {
      const { app } = await openTestApp(kind, t)
      const { paths } = (await app.inject('/api/openapi.json')).json() as { paths: Record<string, Record<string, Operation>> }
      const described = ({ method, pattern }: { method: string; pattern: string }) =>
        paths[pattern.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      const withIds = app.routes
        .all()
        .filter(({ method, pattern }) => method !== 'HEAD' && !linksOnly.includes(pattern))
        .filter((route) => route.pattern.includes(':') || takesId(described(route) ?? {}))
        .map(({ method, pattern }) => `${method} ${pattern}`)
      assert.deepEqual(withIds.sort(), Object.keys(requests).sort())
    })

    it('answers ids that nothing can have, wherever they are in a path, exactly as ids that nothing has', async (t) => {
      const { app, signedInAs, generateKey } = await openTestApp(kind, t)
      const me = await signedInAs('owner')
      const nothing = {
        organization: 'org_0',
        member: 'mem_0',
        key: 'key_0',
        document: `doc_${'0'.repeat(32)}`,
        invitation: 'inv_0',
        session: 'ses_0',
        notice: 'ntc_0',
      }
      for (const [route, build] of Object.entries(requests)) {
        const [method, pattern] = route.split(' ') as ['GET', string]
        if (!pattern.includes(':')) continue
        const isPublic = pattern.startsWith(publicApi)
        const headers = isPublic ? { 'x-api-key': (await generateKey(me)).secret } : { cookie: me.cookie }
        const ask = async ({ path, payload }: Request) => {
          const answer = await app.inject({
            method,
            url: `${isPublic ? publicApi : dashboardApi}${path}`,
            headers,
            ...(payload && { payload }),
          })
          return { status: answer.statusCode, body: withoutRequestId(answer.body) }
        }
        const none = build(me.organizationId, nothing)
        for (const ids of misshapen) {
          for (const [index, request] of build(me.organizationId, ids).entries()) {
            assert.deepEqual(await ask(request), await ask(none[index]!), `${method} ${request.path}`)
          }
        }
      }
    })

    for (const role of ['owner', 'viewer'] as Role[]) {
      it(`answers who is ${role} of another organization exactly as what does not exist`, async (t) => {
        const testApp = await openTestApp(kind, t)
        const { app, signedInAs, generateKey } = testApp
        const theirs = await fullOrganization(testApp)
        const nothing = ofNothing(theirs)
        const me = await signedInAs(role)
        for (const [route, build] of Object.entries(requests)) {
          const [method, pattern] = route.split(' ') as ['GET', string]
          const isPublic = pattern.startsWith(publicApi)
          const ask = async (credential: Record<string, string>, { path, payload }: Request) => {
            const answer = await app.inject({
              method,
              url: `${isPublic ? publicApi : dashboardApi}${path}`,
              headers: credential,
              ...(payload && { payload }),
            })
            return { status: answer.statusCode, headers: withoutTime(answer.headers), body: withoutRequestId(answer.body) }
          }
          const mine = build(me.organizationId, theirs)
          const none = build(me.organizationId, nothing)
          for (const [index, request] of mine.entries()) {
            for (const credential of isPublic ? [newKey, session] : [session]) {
              const of = `${method} ${request.path} with ${credential.name}`
              const answered = await ask(await credential(me, generateKey), request)
              assert.deepEqual(answered, await ask(await credential(me, generateKey), none[index]!), of)
              assert.ok([403, 404].includes(answered.status) || lists.includes(route), `${of}: ${answered.status}`)
            }
          }
        }
        assert.deepEqual(await stillThere(testApp, theirs), Object.values(theirs))
      })
    }

    it('is in no page that begins at a cursor of another organization', async (t) => {
      const testApp = await openTestApp(kind, t)
      const { app, signedInAs, generateKey } = testApp
      const owners = [await signedInAs('owner'), await signedInAs('owner')] as const
      const listsOf = ({ organizationId }: TestMember) => [
        `${publicApi}/knowledge-base`,
        `${dashboardApi}/keys`,
        `${dashboardApi}/organizations/${organizationId}/members`,
        `${dashboardApi}/organizations/${organizationId}/invitations`,
        `${dashboardApi}/audit`,
      ]
      // In turn, so that each has something before and after what the other has.
      for (const number of [1, 2, 3]) {
        for (const owner of owners) {
          const headers = await session(owner)
          await signedInAs('member', owner.organizationId)
          await generateKey(owner)
          await app.inject({ method: 'POST', url: `${publicApi}/knowledge-base`, headers, payload: { text: 'x' } })
          const invitation = { email: `guest${number}@example.test`, role: 'viewer' }
          await app.inject({ method: 'POST', url: listsOf(owner)[3]!, headers, payload: invitation })
        }
      }
      const read = async (owner: TestMember, url: string, query: string) => {
        const answer = await app.inject({ url: `${url}?${query}`, headers: await session(owner) })
        assert.equal(answer.statusCode, 200, `${url}: ${answer.body}`)
        const { nextCursor, storage: _, ...list } = answer.json()
        return { ids: Object.values(list as Record<string, { id: string }[]>)[0]!.map(({ id }) => id), nextCursor }
      }
      for (const index of listsOf(owners[0]).keys()) {
        let seen = 0
        // Members came at the same instant, and are in the order of their random ids: one of the two has something after the other's first.
        for (const [mine, theirs] of [owners, owners.toReversed() as [TestMember, TestMember]]) {
          const url = listsOf(mine)[index]!
          const all = (await read(mine, url, 'limit=100')).ids
          assert.ok(all.length >= 3, url)
          const { nextCursor } = await read(theirs, listsOf(theirs)[index]!, 'limit=1')
          const { ids } = await read(mine, url, `limit=100&cursor=${encodeURIComponent(nextCursor)}`)
          assert.deepEqual(
            ids.filter((id) => !all.includes(id)),
            [],
            url,
          )
          seen += ids.length
        }
        assert.ok(seen > 0, `${listsOf(owners[0])[index]}: the cursor left nothing to be seen`)
      }
    })

    it('is told of by no answer to who names it as the organization that a request is about', async (t) => {
      const testApp = await openTestApp(kind, t)
      const theirs = await fullOrganization(testApp)
      const me = await testApp.signedInAs('owner')
      for (const [method, url] of [
        ['GET', `${publicApi}/knowledge-base`],
        ['POST', `${publicApi}/knowledge-base`],
        ['GET', `${publicApi}/knowledge-base/${theirs.document}`],
        ['DELETE', `${publicApi}/knowledge-base/${theirs.document}`],
        ['GET', `${dashboardApi}/keys`],
        ['GET', `${dashboardApi}/audit`],
        ['GET', `${dashboardApi}/audit/export`],
      ] as const) {
        const ask = async (organization: string) => {
          const answer = await testApp.app.inject({
            method,
            url,
            headers: { ...(await session(me)), 'x-organization-id': organization },
            ...(method === 'POST' && { payload: { text: 'x' } }),
          })
          return { status: answer.statusCode, headers: withoutTime(answer.headers), body: withoutRequestId(answer.body) }
        }
        const answered = await ask(theirs.organization)
        assert.equal(answered.status, 409, `${method} ${url}`)
        assert.equal(JSON.parse(answered.body).activeOrganization.id, me.organizationId)
        assert.deepEqual(answered, await ask(ofNothing(theirs).organization), `${method} ${url}`)
      }
      assert.deepEqual(await stillThere(testApp, theirs), Object.values(theirs))
      assert.equal((await testApp.database.kysely.selectFrom('document').select('id').execute()).length, 1)
    })
  })
}

/** A key that has made no request yet, so that what is left of its day is the same. */
async function newKey(me: TestMember, generateKey: TestApp['generateKey']): Promise<Record<string, string>> {
  return { 'x-api-key': (await generateKey(me)).secret }
}

async function session(me: TestMember): Promise<Record<string, string>> {
  return { cookie: me.cookie, 'sec-fetch-site': 'same-origin' }
}

function withoutTime(headers: Record<string, unknown>) {
  const { date: _, 'x-request-id': __, 'x-ratelimit-reset': ___, ...rest } = headers
  return { ...rest, ratelimit: String(rest.ratelimit).replace(/t=\d+/, 't') }
}

function withoutRequestId(body: string): string {
  return body.replace(/"requestId":"req_[0-9a-f]+"/, '"requestId":""')
}

async function stillThere({ database }: TestApp, ids: Ids): Promise<string[]> {
  const { kysely } = database
  const tables = ['organization', 'member', 'key', 'document', 'invitation', 'session', 'notice'] as const
  const found: string[] = []
  for (const table of tables) {
    const row = await kysely
      .selectFrom(table as 'key')
      .select('id')
      .where('id', '=', ids[table])
      .executeTakeFirst()
    if (row !== undefined) found.push(row.id)
  }
  const { revokedAt } = await kysely.selectFrom('key').select('revokedAt').where('id', '=', ids.key).executeTakeFirstOrThrow()
  assert.equal(revokedAt, null)
  return found
}

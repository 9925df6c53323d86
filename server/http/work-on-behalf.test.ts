import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openTestApp, type TestMember } from '../testing/test-app.ts'
import { untilWaiting } from '../testing/until-waiting.ts'

const publicUrl = '/api/public/v1/knowledge-base'

// On SQLite nobody waits for a row, and the turn is first come, first served.
describe('a flood of requests that wait for a row, on postgres', () => {
  for (const door of ['public', 'dashboard'] as const) {
    it(`at the ${door} API, of one organization, leaves connections to the others`, async (t) => {
      const app = await openTestApp('postgres', t)
      const [owner, other] = [await app.signedInAs('owner'), await app.signedInAs('owner')]
      const [{ secret }, { secret: otherSecret }] = [await app.generateKey(owner), await app.generateKey(other)]
      const flooding: TestMember[] = []
      // Of several users of it, each of whom has few requests.
      for (let number = 0; number < 6; number++) flooding.push(await app.signedInAs('admin', owner.organizationId))
      const document = async (text: string) =>
        (await app.app.inject({ method: 'POST', url: publicUrl, headers: { 'x-api-key': secret }, payload: { text } })).json().document.id
      const documents: string[] = []
      for (let number = 0; number < 12; number++) documents.push(await document(`${number}`))
      const secrets = await Promise.all(flooding.map(async (member) => (await app.generateKey(member)).secret))

      let flood: Promise<{ readonly statusCode: number }>[] = []
      await app.database.kysely.transaction().execute(async (transaction) => {
        if (door === 'public') {
          await transaction.selectFrom('storage').selectAll().where('organizationId', '=', owner.organizationId).forUpdate().execute()
          flood = documents.map(async (id, index) =>
            app.app.inject({ method: 'DELETE', url: `${publicUrl}/${id}`, headers: { 'x-api-key': secrets[index % secrets.length]! } }),
          )
        } else {
          await transaction.selectFrom('organization').select('id').where('id', '=', owner.organizationId).forUpdate().execute()
          flood = documents.map(async (_, index) =>
            app.app.inject({
              method: 'PATCH',
              url: `/api/dashboard/v1/organizations/${owner.organizationId}`,
              headers: { cookie: flooding[index % flooding.length]!.cookie },
              payload: { name: `Name ${index}` },
            }),
          )
        }
        await untilWaiting(app.database, 3)
        for (let times = 0; times < 3; times++) {
          const read = await app.app.inject({ url: publicUrl, headers: { 'x-api-key': otherSecret } })
          assert.equal(read.statusCode, 200, read.body)
          const keys = await app.app.inject({ url: '/api/dashboard/v1/keys', headers: { cookie: other.cookie } })
          assert.equal(keys.statusCode, 200, keys.body)
        }
      })
      const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode)
      assert.deepEqual([...new Set(statuses)], [door === 'public' ? 204 : 200])
    })
  }
})

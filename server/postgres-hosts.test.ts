import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mapBesideHosts, splitHosts } from './postgres-hosts.ts'

const cases: [url: string, hosts: string[]][] = [
  ['postgres://u:p@one:5432/db', ['postgres://u:p@one:5432/db']],
  ['postgres://u:p@one:5432,two:5433/db', ['postgres://u:p@one:5432/db', 'postgres://u:p@two:5433/db']],
  ['postgresql://one,two/db?sslmode=disable', ['postgresql://one/db?sslmode=disable', 'postgresql://two/db?sslmode=disable']],
  ['postgres://u:a,b@c@[::1]:1,[::2]:2/db,1', ['postgres://u:a,b@c@[::1]:1/db,1', 'postgres://u:a,b@c@[::2]:2/db,1']],
  ['postgresql:///db?host=/run/a,b', ['postgresql:///db?host=/run/a,b']],
  ['mysql://one,two/db', ['mysql://one,two/db']],
]

for (const [url, hosts] of cases) {
  test(`${url} names ${hosts.length === 1 ? 'one host' : `${hosts.length} hosts, each with all else`}`, () => {
    assert.deepEqual(splitHosts(url), hosts)
  })
}

test('what is changed beside the hosts leaves them as they are', () => {
  const host = fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}(:[1-9]\d{0,3})?$/)
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 4 }), (hosts) => {
      const changed = mapBesideHosts(`postgres://u:secret@${hosts.join(',')}/db?a=b`, (url) => {
        assert.equal(url, `postgres://u:secret@${hosts[0]}/db?a=b`)
        return `postgres://u:****@${hosts[0]}/db?a=$&`
      })
      assert.equal(changed, `postgres://u:****@${hosts.join(',')}/db?a=$&`)
    }),
  )
})

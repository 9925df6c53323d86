import assert from 'node:assert/strict'
import { it } from 'node:test'
import { allPermissions, mayDo, type Permission, permissionToReplaceRole, roles } from './roles.ts'

/** Who may do what, written down a second time: o owner, a admin, m member, v viewer. */
const expected: Record<Permission, string> = {
  'me:read': 'oamv',
  'documents:read': 'oamv',
  'documents:write': 'oam-',
  'keys:own': 'oamv',
  'keys:all': 'oa--',
  'members:read': 'oamv',
  'members:manage': 'oa--',
  'owners:manage': 'o---',
  'policy:update': 'oa--',
  'organization:update': 'oa--',
  'organization:delete': 'o---',
  'audit:read': 'oa--',
}

it('each role may do exactly what the table says', () => {
  for (const permission of allPermissions) {
    assert.equal(roles.map((role) => (mayDo(role, permission) ? role[0] : '-')).join(''), expected[permission], permission)
  }
  assert.deepEqual(Object.keys(expected).sort(), [...allPermissions].sort())
})

it('a word that is no role may do nothing', () => {
  for (const word of ['', 'Owner', 'owner,admin', 'constructor'])
    for (const permission of allPermissions) assert.equal(mayDo(word, permission), false)
})

it('only who manages owners makes, demotes or removes one', () => {
  for (const from of [...roles, null]) {
    for (const to of [...roles, null]) {
      const owners = from === 'owner' || to === 'owner'
      assert.equal(permissionToReplaceRole(from, to), owners ? 'owners:manage' : 'members:manage')
    }
  }
})

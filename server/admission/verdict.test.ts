import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { allPermissions, mayDo, roles } from '../organizations/roles.ts'
import { type FoundKey, refuse } from './verdict.ts'

const now = 1_800_000_000_000

const live: FoundKey = {
  keyId: 'key_1',
  organizationId: 'org_1',
  memberId: 'mem_1',
  userId: 'user_1',
  role: 'member',
  expiresAt: null,
  revokedAt: null,
  secretNumber: 1,
  secretEndsAt: null,
}

const key = fc.record({
  keyId: fc.constant('key_1'),
  organizationId: fc.constant('org_1'),
  memberId: fc.constant('mem_1'),
  userId: fc.constant('user_1'),
  role: fc.constantFrom(...roles, null),
  expiresAt: fc.option(fc.integer({ min: now - 5, max: now + 5 })),
  revokedAt: fc.option(fc.integer({ min: now - 5, max: now + 5 })),
  secretNumber: fc.constant(1),
  secretEndsAt: fc.option(fc.integer({ min: now - 5, max: now + 5 })),
})

describe('the verdict', () => {
  it('lets a live key do what its role may', () => {
    assert.equal(refuse(live, 'documents:write', now), undefined)
  })

  it('refuses in the order of the contract: unknown, revoked, expired, secret ended, owner gone, permission', () => {
    const dead = { ...live, revokedAt: now, expiresAt: now, secretEndsAt: now, role: null }
    assert.equal(refuse(undefined, 'documents:write', now)?.code, 'invalid_key')
    assert.equal(refuse(dead, 'documents:write', now)?.code, 'key_revoked')
    assert.equal(refuse({ ...dead, revokedAt: null }, 'documents:write', now)?.code, 'key_expired')
    assert.equal(refuse({ ...dead, revokedAt: null, expiresAt: null }, 'documents:write', now)?.code, 'secret_ended')
    assert.equal(refuse({ ...live, role: null }, 'documents:write', now)?.code, 'key_owner_left')
    assert.equal(refuse({ ...live, role: 'viewer' }, 'documents:write', now)?.code, 'missing_permission')
  })

  it('expires a key, and ends a secret, at its instant: the millisecond before is admitted, the instant itself is not', () => {
    assert.equal(refuse({ ...live, expiresAt: now + 1 }, 'documents:read', now), undefined)
    assert.equal(refuse({ ...live, expiresAt: now }, 'documents:read', now)?.code, 'key_expired')
    assert.equal(refuse({ ...live, secretEndsAt: now + 1 }, 'documents:read', now), undefined)
    assert.equal(refuse({ ...live, secretEndsAt: now }, 'documents:read', now)?.code, 'secret_ended')
  })

  it('refuses a revoked key even when the clock says that the revocation is still to come', () => {
    assert.equal(refuse({ ...live, revokedAt: now + 900_000 }, 'documents:read', now)?.code, 'key_revoked')
  })

  it('admits no role that is no word of ours', () => {
    assert.equal(refuse({ ...live, role: 'superuser' }, 'documents:read', now)?.code, 'missing_permission')
  })

  it('admits exactly the keys that are not revoked, not expired, whose secret has not ended and whose member may', () => {
    fc.assert(
      fc.property(key, fc.constantFrom(...allPermissions), (found, permission) => {
        const may =
          found.revokedAt === null &&
          !(found.expiresAt !== null && found.expiresAt <= now) &&
          !(found.secretEndsAt !== null && found.secretEndsAt <= now) &&
          found.role !== null &&
          mayDo(found.role, permission)
        assert.equal(refuse(found, permission, now) === undefined, may)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { checkHistory } from './check-history.ts'
import type { Asked, Clock, Created, Ending, Final } from './history.ts'

const day = '2026-01-31'
const key = 'key_1'

interface Story {
  readonly requests?: Partial<Asked>[]
  readonly endings?: Partial<Ending>[]
  readonly clock?: Clock[]
  readonly keys?: Created[]
  readonly final?: Partial<Final>
}

const request: Asked = { key, secret: 1, begun: 0, ended: 1, writes: null, answer: 'admitted', day }
const ending: Ending = { key, how: 'revoke', begun: 10, ended: 20, acknowledged: true, newest: null, documents: null }

function violationsOf({ requests = [], endings = [], clock = [], keys = [], final = {} }: Story): readonly string[] {
  return checkHistory(
    { requests: requests.map((one) => ({ ...request, ...one })), endings: endings.map((one) => ({ ...ending, ...one })), clock, keys },
    { keys: [], used: [], documents: [], shown: [], ...final },
    2,
  ).violations
}

const used = (count: number) => [{ key, day, used: count }]
const row = { key, revoked: false, blocked: false, role: 'member' }
const created = { key, expiresAt: null, readOnly: false }
const write = { writes: 'a.txt' }
const written = [{ name: 'a.txt', key, whole: true }]

const rejected: [what: string, story: Story, says: RegExp][] = [
  [
    'an admission after a revoke',
    { requests: [{ begun: 21, ended: 22 }], endings: [{}], final: { used: used(1) } },
    /admitted to read.*after the acknowledged revoke/,
  ],
  [
    'a write after a lowered role',
    { requests: [{ ...write, begun: 21 }], endings: [{ how: 'lowered role' }], final: { used: used(1), documents: written } },
    /admitted to write.*after the acknowledged lowered role/,
  ],
  [
    'an admission after the deletion of the account',
    { requests: [{ begun: 21 }], endings: [{ how: 'account' }], final: { used: used(1) } },
    /after the acknowledged account/,
  ],
  [
    'an admission of the old secret after a rotation, by whichever attempt',
    { requests: [{ begun: 21 }], endings: [{ how: 'rotation', newest: 3 }], final: { used: used(1) } },
    /after the acknowledged rotation/,
  ],
  [
    'a document of the old secret that appears after a rotation',
    {
      requests: [{ ...write, answer: 'unknown' }],
      endings: [{ how: 'rotation', newest: 2, documents: [] }],
      final: { used: used(1), documents: written },
    },
    /document a\.txt of key_1 appeared after the acknowledged rotation/,
  ],
  [
    'a quota for each secret',
    { requests: [{}, {}, { secret: 2 }], endings: [{ how: 'rotation', newest: 2 }], final: { used: used(3) } },
    /more than the quota of 2/,
  ],
  [
    'an admission after a stricter policy',
    { requests: [{ begun: 21 }], endings: [{ how: 'policy' }], final: { used: used(1) } },
    /after the acknowledged policy/,
  ],
  [
    'an admission from another network',
    { requests: [{ begun: 21 }], endings: [{ how: 'networks' }], final: { used: used(1) } },
    /after the acknowledged networks/,
  ],
  [
    'a write of a key that may read alone',
    { requests: [write], keys: [{ ...created, readOnly: true }], final: { used: used(1), documents: written, keys: [row] } },
    /may read alone, and was admitted to write/,
  ],
  [
    'a document of a key that may read alone',
    {
      requests: [{ ...write, answer: 'unknown' }],
      keys: [{ ...created, readOnly: true }],
      final: { used: used(1), documents: written, keys: [row] },
    },
    /may read alone, and has document a\.txt/,
  ],
  ['a policy that is lost', { keys: [created], endings: [{ how: 'policy' }], final: { keys: [row] } }, /was made stricter and is not/],
  ['a key that is blocked by itself', { keys: [created], final: { keys: [{ ...row, blocked: true }] } }, /ended, and nobody ended it/],
  [
    'an admission after an expiry',
    {
      requests: [{ begun: 6 }],
      clock: [{ ended: 5, now: 1000 }],
      keys: [{ ...created, expiresAt: 1000 }],
      final: { used: used(1), keys: [row] },
    },
    /after the expiry/,
  ],
  [
    'a document that appears after a revoke',
    { requests: [{ ...write, answer: 'unknown' }], endings: [{ documents: [] }], final: { used: used(1), documents: written } },
    /document a\.txt of key_1 appeared after the acknowledged revoke/,
  ],
  [
    'a document of a write that began after a revoke and had no answer',
    { requests: [{ ...write, answer: 'unknown', begun: 21 }], endings: [{}], final: { used: used(1), documents: written } },
    /begun after the acknowledged end/,
  ],
  ['a document that nobody wrote', { final: { documents: written } }, /written by no request/],
  ['a count that lacks an answer', { requests: [{}, {}], final: { used: used(1) } }, /answered 2, counted 1, unknown 0: they do not agree/],
  ['a count that nobody asked for', { requests: [{}], final: { used: used(2) } }, /answered 1, counted 2, unknown 0/],
  [
    'a count beyond the unknown',
    { requests: [{}, { answer: 'unknown', day: null }], final: { used: used(3) } },
    /unknown 1: they do not agree/,
  ],
  ['more than the quota', { requests: [{}, {}, {}], final: { used: used(3) } }, /more than the quota of 2/],
  [
    'a refusal before the quota is used',
    { requests: [{}, { answer: 'quota_exceeded' }], final: { used: used(1) } },
    /refused before the quota of 2 was used/,
  ],
  [
    'a count on another day',
    { requests: [{}], final: { used: [{ key, day: '2026-02-01', used: 1 }] } },
    /2026-01-31: answered 1, counted 0/,
  ],
  [
    'a dashboard that shows another figure',
    { requests: [{}], final: { used: used(1), shown: used(0) } },
    /the dashboard shows 0 used .* counted are 1/,
  ],
  ['a key that is lost', { keys: [created] }, /was acknowledged and is not there/],
  ['a revoke that is lost', { keys: [created], endings: [{}], final: { keys: [row] } }, /was revoked and is not/],
  ['a removal that is lost', { keys: [created], endings: [{ how: 'removal' }], final: { keys: [row] } }, /was removed and is there/],
  [
    'a lowered role that is lost',
    { keys: [created], endings: [{ how: 'lowered role' }], final: { keys: [row] } },
    /was lowered and is member/,
  ],
  [
    'a deleted account that is back',
    { keys: [created], endings: [{ how: 'account' }], final: { keys: [row] } },
    /account .* was deleted and its membership is there/,
  ],
  [
    'a deleted organization that is back',
    { keys: [created], endings: [{ how: 'organization' }], final: { keys: [row] } },
    /organization .* was deleted/,
  ],
  ['a key that ends by itself', { keys: [created], final: { keys: [{ ...row, revoked: true }] } }, /ended, and nobody ended it/],
  ['a document that is lost', { requests: [write], final: { used: used(1) } }, /document a\.txt was acknowledged and is not there/],
  [
    'a document that is there twice',
    { requests: [write], final: { used: used(1), documents: [...written, ...written] } },
    /is there 2 times/,
  ],
  [
    'a document without its file',
    { requests: [write], final: { used: used(1), documents: [{ name: 'a.txt', key, whole: false }] } },
    /the file of document a\.txt is not as it was written/,
  ],
  ['an answer that nobody should get', { requests: [{ answer: 'unexpected: 500' }] }, /answered what is unexpected: 500/],
]

const accepted: [what: string, story: Story][] = [
  ['nothing at all', {}],
  [
    'an admission that began before a revoke was acknowledged and ended after it',
    { requests: [{ begun: 19, ended: 30 }], endings: [{}], final: { used: used(1) } },
  ],
  [
    'an admission after a revoke without an answer',
    { requests: [{ begun: 21 }], endings: [{ acknowledged: false }], final: { used: used(1) } },
  ],
  [
    'an admission of the new secret after a rotation, and a document of it that appeared since',
    {
      requests: [{ ...write, secret: 2, begun: 21 }],
      endings: [{ how: 'rotation', newest: 2, documents: [] }],
      final: { used: used(1), documents: written },
    },
  ],
  ['a read after a lowered role', { requests: [{ begun: 21 }], endings: [{ how: 'lowered role' }], final: { used: used(1) } }],
  [
    'an admission before the clock was read past the expiry',
    {
      requests: [{ begun: 4 }],
      clock: [{ ended: 5, now: 1000 }],
      keys: [{ ...created, expiresAt: 1000 }],
      final: { used: used(1), keys: [row] },
    },
  ],
  [
    'a count of what had no answer, and none of it',
    { requests: [{}, { answer: 'unknown', day: null }, { answer: 'unknown', day: null }], final: { used: used(2) } },
  ],
  ['the quota and refusals beyond it', { requests: [{}, {}, { answer: 'quota_exceeded' }], final: { used: used(2), shown: used(2) } }],
  [
    'a write that was counted and refused by its second check',
    { requests: [{ ...write, answer: 'refused', day: null }], final: { used: used(1) } },
  ],
  [
    'a document that was there when a revoke was acknowledged',
    { requests: [write], endings: [{ documents: ['a.txt'] }], final: { used: used(1), documents: written } },
  ],
  [
    'a deletion without an answer that took all along, counts included',
    { requests: [write], keys: [created], endings: [{ how: 'organization', acknowledged: false }] },
  ],
]

describe('the checker', () => {
  for (const [what, story, says] of rejected) {
    it(`rejects ${what}`, () => {
      assert.ok(
        violationsOf(story).some((violation) => says.test(violation)),
        violationsOf(story).join('\n'),
      )
    })
  }
  for (const [what, story] of accepted) it(`accepts ${what}`, () => assert.deepEqual(violationsOf(story), []))

  it('accepts what a gate that decides one at a time could have done, and rejects it with one admission more or less', () => {
    const steps = fc.array(fc.record({ lost: fc.boolean() }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(steps, fc.nat({ max: 30 }), (asked, revokeAt) => {
        const requests: Partial<Asked>[] = []
        let counted = 0
        for (const [index, { lost }] of asked.entries()) {
          const at = { begun: index * 10, ended: index * 10 + 5 }
          if (index > revokeAt) requests.push({ ...at, answer: 'refused', day: null })
          else if (counted === 2) requests.push({ ...at, answer: 'quota_exceeded' })
          else {
            counted++
            requests.push(lost ? { ...at, answer: 'unknown', day: null } : at)
          }
        }
        const endings = [{ begun: revokeAt * 10 + 6, ended: revokeAt * 10 + 8 }]
        const story = { requests, endings, final: { used: counted === 0 ? [] : used(counted) } }
        assert.deepEqual(violationsOf(story), [])
        const stale = { begun: endings[0]!.ended + 1, ended: endings[0]!.ended + 2 }
        assert.notDeepEqual(violationsOf({ ...story, requests: [...requests, stale], final: { used: used(counted + 1) } }), [])
        assert.notDeepEqual(violationsOf({ ...story, final: { used: used(counted + 1 + asked.length) } }), [])
      }),
    )
  })
})

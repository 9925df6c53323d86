import type { Bug } from './bug.ts'

/** Every one of these is caught by a test, or `npm run planted-bugs` fails. */
export const bugs: readonly Bug[] = [
  {
    name: 'a verdict is kept for 5 s',
    breaks: 'revocation',
    file: 'server/app.ts',
    line: 'decide: queue.decide,',
    becomes:
      'decide: ((kept) => (asked) => { const name = JSON.stringify(asked); if (!kept.has(name)) { kept.set(name, queue.decide(asked)); setTimeout(() => kept.delete(name), 5_000).unref() } return kept.get(name) })(new Map()),',
    tests: ['server/http/public-door.test.ts'],
  },
  {
    name: 'a key expires after its instant, not at it',
    breaks: 'revocation',
    file: 'server/admission/verdict.ts',
    line: "if (key.expiresAt !== null && key.expiresAt <= now) return { admitted: false, code: 'key_expired', key }",
    becomes: "if (key.expiresAt !== null && key.expiresAt < now) return { admitted: false, code: 'key_expired', key }",
    tests: ['server/admission/verdict.test.ts'],
  },
  {
    name: 'a document is inserted without a second check',
    breaks: 'revocation',
    file: 'server/knowledge-base/insert-document.ts',
    line: "await actor.recheck(transaction, 'documents:write')",
    becomes: '',
    tests: ['server/knowledge-base/create-document.test.ts'],
  },
  {
    name: 'a document is deleted without a second check',
    breaks: 'revocation',
    file: 'server/knowledge-base/delete-document.ts',
    line: "await actor.recheck(transaction, 'documents:write')",
    becomes: '',
    tests: ['server/knowledge-base/create-document.test.ts'],
  },
  {
    name: 'of documents that share a transaction, only the first is checked again',
    breaks: 'revocation',
    file: 'server/knowledge-base/insert-document.ts',
    line: 'for (const [position, insertion] of batch.entries()) outcomes[position] = await insertOne(transaction, insertion)',
    becomes:
      'for (const [position, insertion] of batch.entries()) outcomes[position] = await insertOne(transaction, position === 0 ? insertion : { ...insertion, actor: { ...insertion.actor, recheck: async () => {} } })',
    tests: ['server/knowledge-base/create-document.test.ts'],
  },
  {
    name: 'the second check locks nothing',
    breaks: 'revocation',
    file: 'server/admission/recheck-key.ts',
    line: '.forNoKeyUpdate()',
    becomes: '',
    tests: ['server/admission/recheck-key.test.ts'],
  },
  {
    name: 'without a verdict the request is let in',
    breaks: 'revocation',
    file: 'server/http/public-door.ts',
    line: "throw new LeafPadError('database_unavailable', { detail, headers: { 'retry-after': '1' } }, error)",
    becomes:
      "return { admitted: true, key: { keyId: '', organizationId: '', memberId: '', userId: '', role: 'member', expiresAt: null, revokedAt: null }, count: { day: '2026-01-31', now: 0, quota: 1, used: 1 } }",
    tests: ['server/http/public-door.test.ts'],
  },
]

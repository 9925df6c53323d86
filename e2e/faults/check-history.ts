import type { Asked, Ending, Final, History, How } from './history.ts'

export interface Checked {
  /** A sentence for everything that breaks a promise. */
  readonly violations: readonly string[]
  readonly figures: {
    readonly requests: number
    readonly admitted: number
    readonly refused: number
    readonly unknown: number
    /** Ends of keys that were acknowledged, and expiries that passed, by how. */
    readonly endings: Readonly<Partial<Record<How | 'expiry', number>>>
    /** Pairs of key and day on which more was asked than the quota. */
    readonly exhausted: number
  }
}

/**
 * Holds what clients saw, in real-time order, against the two promises and against what is there at the end: no admission that began
 * after the acknowledgement of an end, no document of it that appeared later; a quota that is exact; nothing lost that was acknowledged.
 * What had no answer may have happened or not.
 * @param quota admitted requests a key and day
 */
export function checkHistory(history: History, final: Final, quota: number): Checked {
  const requestsByKey = group(history.requests, ({ key }) => key)
  const endingsByKey = group(history.endings, ({ key }) => key)
  const count = (...answers: Asked['answer'][]) => history.requests.filter(({ answer }) => answers.includes(answer)).length
  const { violations, exhausted } = checkQuota(requestsByKey, endingsByKey, final, quota)
  return {
    violations: [
      ...history.requests
        .filter(({ answer }) => answer.startsWith('unexpected'))
        .map(({ key, answer }) => `${key} was answered what is ${answer}`),
      ...checkRevocation(history, requestsByKey, endingsByKey, final),
      ...violations,
      ...checkDurability(history, endingsByKey, final),
    ],
    figures: {
      requests: history.requests.length,
      admitted: count('admitted'),
      refused: count('refused', 'quota_exceeded'),
      unknown: count('unknown'),
      endings: countEndings(history),
      exhausted,
    },
  }
}

function countEndings({ endings, keys, clock }: History): Checked['figures']['endings'] {
  const counts: Partial<Record<How | 'expiry', number>> = {}
  for (const { how, acknowledged } of endings) if (acknowledged) counts[how] = (counts[how] ?? 0) + 1
  const passed = keys.filter(({ expiresAt }) => expiresAt !== null && clock.some(({ now }) => now >= expiresAt))
  if (passed.length > 0) counts.expiry = passed.length
  return counts
}

function checkRevocation(history: History, requests: Grouped<Asked>, endings: Grouped<Ending>, final: Final): string[] {
  const violations: string[] = []
  const documents = group(final.documents, ({ key }) => key)
  // Whatever became of its answer: who wrote a document is known.
  const begun = new Map(history.requests.filter(({ writes }) => writes !== null).map((request) => [request.writes, request]))
  for (const [key, ofKey] of endings) {
    for (const end of ofKey.filter(({ acknowledged }) => acknowledged)) {
      const found = late(key, requests, end.ended, (request) => bars(end, request))
      violations.push(...found.map((request) => `${request} after the acknowledged ${end.how}`))
      for (const { name } of documents.get(key) ?? []) {
        const request = begun.get(name)
        if (request === undefined || !bars(end, request)) continue
        if (end.documents?.includes(name) === false)
          violations.push(`document ${name} of ${key} appeared after the acknowledged ${end.how}`)
        if (request.begun > end.ended) violations.push(`document ${name} of ${key} was begun after the acknowledged end`)
      }
    }
  }
  for (const { key, expiresAt } of history.keys) {
    const over = expiresAt === null ? undefined : history.clock.find(({ now }) => now >= expiresAt)
    if (over !== undefined) violations.push(...late(key, requests, over.ended, () => true).map((request) => `${request} after the expiry`))
  }
  const readOnly = new Set(history.keys.filter((made) => made.readOnly).map(({ key }) => key))
  for (const { key, writes, answer } of history.requests) {
    if (readOnly.has(key) && writes !== null && answer === 'admitted') violations.push(`${key} may read alone, and was admitted to write`)
  }
  for (const { name, key } of final.documents) {
    if (!begun.has(name)) violations.push(`document ${name} was written by no request`)
    if (readOnly.has(key)) violations.push(`${key} may read alone, and has document ${name}`)
  }
  return violations
}

/** Whether an end is one for what a request asked. */
function bars({ how, newest }: Ending, { writes, secret }: Asked): boolean {
  if (how === 'lowered role') return writes !== null
  return how !== 'rotation' || secret < newest!
}

function late(key: string, requests: Grouped<Asked>, end: number, barred: (request: Asked) => boolean): string[] {
  return (requests.get(key) ?? [])
    .filter((request) => request.answer === 'admitted' && request.begun > end && barred(request))
    .map(({ begun, writes }) => `${key} was admitted to ${writes === null ? 'read' : 'write'}, begun ${Math.round(begun - end)} ms`)
}

function checkQuota(requests: Grouped<Asked>, endings: Grouped<Ending>, final: Final, quota: number) {
  const violations: string[] = []
  let exhausted = 0
  const usedByKey = group(final.used, ({ key }) => key)
  for (const [key, ofKey] of requests) {
    if (mayBeErased(endings, key)) continue
    const answered = ofKey.filter(({ answer }) => answer === 'admitted')
    // A write can be refused after it was counted, by its second check.
    const unknown = ofKey.filter(({ answer, writes }) => answer === 'unknown' || (answer === 'refused' && writes !== null)).length
    const dayless = answered.filter(({ day }) => day === null).length
    const used = new Map((usedByKey.get(key) ?? []).map((row) => [row.day, row.used]))
    const days = new Set([...used.keys(), ...ofKey.flatMap(({ day }) => day ?? [])])
    for (const day of days) {
      const counted = used.get(day) ?? 0
      const told = answered.filter((request) => request.day === day).length
      const what = `${key} on ${day}: answered ${told}, counted ${counted}, unknown ${unknown + dayless}`
      if (told > counted || counted > told + dayless + unknown) violations.push(`${what}: they do not agree`)
      if (counted > quota) violations.push(`${what}: more than the quota of ${quota}`)
      if (!ofKey.some((request) => request.answer === 'quota_exceeded' && request.day === day)) continue
      exhausted++
      if (counted !== quota) violations.push(`${what}: refused before the quota of ${quota} was used`)
    }
    const total = [...used.values()].reduce((sum, one) => sum + one, 0)
    if (total < answered.length || total > answered.length + unknown) {
      violations.push(`${key} in all: answered ${answered.length}, counted ${total}, unknown ${unknown}: they do not agree`)
    }
  }
  for (const { key, day, used } of final.shown) {
    const counted = usedByKey.get(key)?.find((row) => row.day === day)?.used ?? 0
    if (used !== counted) violations.push(`the dashboard shows ${used} used for ${key} on ${day}, counted are ${counted}`)
  }
  return { violations, exhausted }
}

function checkDurability(history: History, endings: Grouped<Ending>, final: Final): string[] {
  const violations: string[] = []
  const rows = new Map(final.keys.map((row) => [row.key, row]))
  const documents = group(final.documents, ({ name }) => name)
  for (const { key } of history.keys) {
    const row = rows.get(key)
    if (row === undefined) {
      if (!mayBeErased(endings, key)) violations.push(`${key} was acknowledged and is not there`)
      continue
    }
    const tried = endings.get(key) ?? []
    const took = new Set(tried.filter(({ acknowledged }) => acknowledged).map(({ how }) => how))
    if (took.has('revoke') && !row.revoked) violations.push(`${key} was revoked and is not`)
    if (took.has('lowered role') && row.role !== 'viewer') violations.push(`the role of ${key} was lowered and is ${row.role}`)
    if (took.has('removal') && row.role !== null) violations.push(`the member of ${key} was removed and is there`)
    if (took.has('account') && row.role !== null) violations.push(`the account of ${key} was deleted and its membership is there`)
    if (took.has('organization') && row.role !== null) violations.push(`the organization of ${key} was deleted and its membership is there`)
    if ((took.has('policy') || took.has('networks')) && !row.blocked) violations.push(`the policy of ${key} was made stricter and is not`)
    if (tried.length === 0 && (row.revoked || row.blocked || row.role === null)) violations.push(`${key} ended, and nobody ended it`)
  }
  for (const { key, writes, answer } of history.requests) {
    if (writes === null || answer !== 'admitted') continue
    const found = documents.get(writes)?.length ?? 0
    if (found > 1) violations.push(`document ${writes} is there ${found} times`)
    if (documents.get(writes)?.some(({ whole }) => !whole)) violations.push(`the file of document ${writes} is not as it was written`)
    if (found === 0 && !mayBeErased(endings, key)) violations.push(`document ${writes} was acknowledged and is not there`)
  }
  return violations
}

/** An organization takes all it has along; where the deletion was not acknowledged, perhaps. */
function mayBeErased(endings: Grouped<Ending>, key: string): boolean {
  return (endings.get(key) ?? []).some(({ how }) => how === 'organization')
}

type Grouped<Row> = ReadonlyMap<string, readonly Row[]>

function group<Row>(rows: readonly Row[], by: (row: Row) => string): Grouped<Row> {
  return Map.groupBy(rows, by)
}

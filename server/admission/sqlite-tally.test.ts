import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { Database } from '../database/database.ts'
import { openSqlite } from '../database/sqlite.ts'
import { openSqliteConnection } from '../database/sqlite-connection.ts'
import { readUse } from '../testing/read-use.ts'
import { type SeededKey, seedKey } from '../testing/seed.ts'
import { locationOf, openTestDatabase } from '../testing/test-database.ts'
import type { Group } from './batch.ts'
import { dayOf } from './day.ts'
import { createSqliteDecider } from './sqlite-batch.ts'
import { SqliteTally } from './sqlite-tally.ts'
import { useAfter } from './use.ts'

const dayMs = 86_400_000

/** The gate's part of a process of its own. */
function openDecider(database: Database) {
  const opened = openSqlite(locationOf(database))
  return { ...createSqliteDecider(opened), close: () => opened.kysely.destroy() }
}

const addressOf = (_: unknown, index: number) => `192.0.2.${index}`

async function ask(
  { decide }: ReturnType<typeof openDecider>,
  keys: readonly SeededKey[],
  { quota = 1_000_000, clockOffsetMs = 0, addresses = keys.map(addressOf) } = {},
) {
  const groups = keys.map(({ secretHash }, index) => {
    return { secretHash, permission: 'documents:read', address: addresses[index]!, positions: [index] } as const
  })
  const { result, onDisk } = await decide(groups as unknown as Group[], quota, clockOffsetMs)
  await onDisk
  return result
}

async function usedInUsage(database: Database) {
  const rows = await database.kysely.selectFrom('usage').select(['keyId', 'day', 'used']).orderBy('keyId').orderBy('day').execute()
  return rows.map((row) => ({ ...row }))
}

async function talliedRows(database: Database) {
  const { rows } = await database.kysely
    .selectFrom('tally')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

async function setUp(t: TestContext, keyCount: number) {
  const database = await openTestDatabase('sqlite', t)
  const keys: SeededKey[] = []
  for (let index = 0; index < keyCount; index++) keys.push(await seedKey(database))
  return { database, keys }
}

describe('the counts of SQLite', () => {
  it('are those of a model, whatever is decided, folded, undone and restarted in several processes', async (t) => {
    const { database, keys } = await setUp(t, 3)
    const quota = 7
    const step = fc.record({
      process: fc.nat(1),
      does: fc.oneof(
        { weight: 8, arbitrary: fc.record({ asked: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }), day: fc.nat(2) }) },
        { weight: 2, arbitrary: fc.constant('fold' as const) },
        { weight: 1, arbitrary: fc.constant('fail' as const) },
        { weight: 1, arbitrary: fc.constant('restart' as const) },
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        for (const table of ['usage', 'tally'] as const) await database.kysely.deleteFrom(table).execute()
        const deciders = [openDecider(database), openDecider(database)]
        const model = new Map<string, { day: string; used: number }[]>()
        for (const { process, does } of steps) {
          const decider = deciders[process]!
          if (does === 'fold') await decider.fold()
          else if (does === 'restart') {
            await decider.close()
            deciders[process] = openDecider(database)
          } else if (does === 'fail') {
            // The last one's count cannot be written, when the others' have been.
            await assert.rejects(ask(decider, keys, { addresses: ['192.0.2.1', '192.0.2.2', {} as never] }))
          } else {
            const clockOffsetMs = does.day * dayMs
            const { now, found } = await ask(
              decider,
              does.asked.map((index) => keys[index]!),
              { quota, clockOffsetMs },
            )
            for (const [keyId, grant] of new Map(found.map((one) => [one!.key.keyId, one!.grant!]))) {
              const days = model.get(keyId) ?? []
              model.set(keyId, days)
              const today = dayOf(now)
              const last = days.at(-1)
              const day = last !== undefined && last.day > today ? last.day : today
              if (last?.day !== day) days.push({ day, used: 0 })
              const count = days.at(-1)!
              const asked = does.asked.filter((index) => keys[index]!.keyId === keyId).length
              const granted = Math.min(asked, quota - count.used)
              assert.deepEqual([grant.day, grant.usedBefore, grant.granted], [day, count.used, granted])
              count.used += granted
            }
          }
          const expected = [...model].flatMap(([keyId, days]) => days.map(({ day, used }) => ({ keyId, day, used })))
          expected.sort((a, b) => (a.keyId + a.day < b.keyId + b.day ? -1 : 1))
          assert.deepEqual(
            (await readUse(database)).map(({ keyId, day, used }) => ({ keyId, day, used })),
            expected,
          )
        }
        for (const decider of deciders) await decider.fold()
        assert.deepEqual(await database.kysely.selectFrom('tally').selectAll().execute(), [])
        assert.equal((await usedInUsage(database)).length, [...model.values()].flat().length)
        for (const decider of deciders) await decider.close()
      }),
      { numRuns: 60 },
    )
  })

  it('of both days are kept when midnight passes before they are folded, with their last use', async (t) => {
    const { database, keys } = await setUp(t, 1)
    const [key] = keys as [SeededKey]
    const decider = openDecider(database)
    const first = await ask(decider, [key, key])
    const second = await ask(decider, [key], { clockOffsetMs: dayMs })
    await decider.fold()
    await decider.close()
    assert.deepEqual(await usedInUsage(database), [
      { keyId: key.keyId, day: dayOf(first.now), used: 2 },
      { keyId: key.keyId, day: dayOf(second.now), used: 1 },
    ])
    const rows = await readUse(database, key.keyId)
    assert.deepEqual(
      rows.map(({ oddUsedAt, oddUsedAddress }) => [oddUsedAt, oddUsedAddress]),
      [
        [first.now, '192.0.2.1'],
        [second.now, '192.0.2.0'],
      ],
    )
  })

  it('are folded by the batches themselves, a part by each, and none is lost when the process ends in between', async (t) => {
    const { database, keys } = await setUp(t, 400)
    let decider = openDecider(database)
    // These rounds make the 65,536 rows at which folding begins; the last of them leaves it half-way.
    for (let round = 0; round < 163; round++) await ask(decider, keys)
    assert.deepEqual(await usedInUsage(database), [])
    await ask(decider, keys)
    const folded = (await usedInUsage(database)).length
    assert.ok(folded > 0 && folded < keys.length)
    await decider.close()
    decider = openDecider(database)
    const { found } = await ask(decider, keys)
    assert.deepEqual([...new Set(found.map((one) => one!.grant!.usedBefore))], [164])
    // Two parts to write all of them, and 2,048 rows deleted in each of the others.
    for (let round = 0; round < 35; round++) await ask(decider, keys)
    await decider.close()
    const used = (await readUse(database)).map((row) => row.used)
    assert.deepEqual([...new Set(used)], [200])
    assert.equal(await talliedRows(database), 35 * 400)
  })

  it('are folded sooner where many batches in a row have few keys', async (t) => {
    const { database, keys } = await setUp(t, 17)
    for (const { largeEvery, folds } of [
      { largeEvery: 63, folds: false },
      { largeEvery: Number.POSITIVE_INFINITY, folds: true },
    ]) {
      const decider = openDecider(database)
      for (let round = 0; round < 300; round++) await ask(decider, round % largeEvery === 0 ? keys : keys.slice(0, 16))
      assert.equal((await usedInUsage(database)).length > 0, folds)
      await decider.close()
    }
  })

  it('are each under an id of its own, although all were folded and the process that gave the last one is gone', async (t) => {
    const { database, keys } = await setUp(t, 1)
    const [first, second] = [openDecider(database), openDecider(database)]
    await ask(first, keys)
    await ask(second, keys)
    await first.fold()
    await first.close()
    assert.equal(await talliedRows(database), 0)
    const third = openDecider(database)
    await ask(third, keys)
    assert.equal((await ask(second, keys)).found[0]!.grant!.usedBefore, 3)
    await second.close()
    await third.close()
  })

  it('are folded a part at a time where nothing is to be decided, so that what is asked meanwhile does not wait for all of them', async (t) => {
    const { database, keys } = await setUp(t, 600)
    const decider = openDecider(database)
    await ask(decider, keys)
    const folded: [boolean, number][] = []
    do folded.push([await decider.fold(), (await usedInUsage(database)).length])
    while (folded.at(-1)![0])
    await decider.close()
    assert.deepEqual(folded, [
      [true, 256],
      [true, 512],
      [false, 600],
    ])
  })

  it('that are many are deleted a part at a time once they were folded', async (t) => {
    const { database, keys } = await setUp(t, 200)
    let decider = openDecider(database)
    for (let round = 0; round < 25; round++) await ask(decider, keys)
    const left: [boolean, number][] = []
    do left.push([await decider.fold(), await talliedRows(database)])
    while (left.at(-1)![0])
    await decider.close()
    assert.deepEqual(left, [
      [true, 2_952],
      [true, 904],
      [false, 0],
    ])
    // Another process does not begin with the first row there ever was.
    decider = openDecider(database)
    await ask(decider, keys)
    assert.deepEqual([await decider.fold(), await talliedRows(database)], [false, 0])
    await decider.close()
  })

  it('are not put back by a process that knows an older figure than another one has folded', async (t) => {
    // More than one part: what is written by the second was found before the other process counted on.
    const { database, keys } = await setUp(t, 300)
    const [first, second] = [openDecider(database), openDecider(database)]
    await ask(first, keys)
    assert.equal(await first.fold(), true)
    await ask(second, keys)
    while (await second.fold());
    while (await first.fold());
    assert.deepEqual([...new Set((await readUse(database)).map(({ used }) => used))], [2])
    await first.close()
    await second.close()
  })

  it('that somebody took back by hand, once they were folded, count no more', async (t) => {
    const { database, keys } = await setUp(t, 1)
    const decider = openDecider(database)
    await ask(decider, [...keys, ...keys])
    await decider.fold()
    await database.kysely.deleteFrom('usage').execute()
    assert.equal((await ask(decider, keys)).found[0]!.grant!.usedBefore, 0)
    await decider.close()
  })

  it('are kept at hand of no more keys than there is room for, beside those that are to be folded', async (t) => {
    const { database, keys } = await setUp(t, 5)
    const connection = openSqliteConnection(locationOf(database))
    t.after(() => connection.close())
    const tally = new SqliteTally(connection, 3)
    const knownKeys: number[] = []
    for (const { keyId } of keys) {
      tally.catchUp()
      const known = tally.latest([keyId])[0]!
      assert.equal(known.use, undefined)
      const odd = { number: 1, address: '192.0.2.1' }
      tally.append(known, useAfter(undefined, { keyId, day: '2026-01-31', granted: 1, now: 0, odd, even: undefined }))
      tally.foldPart()
      knownKeys.push(tally.knownKeys)
    }
    assert.deepEqual(knownKeys, [1, 2, 3, 0, 1])
    assert.deepEqual(
      tally.latest(keys.map(({ keyId }) => keyId)).map(({ use }) => use?.used),
      [1, 1, 1, 1, 1],
    )
  })

  it('of a key that was erased come to nothing', async (t) => {
    const { database, keys } = await setUp(t, 2)
    const [erased, kept] = keys as [SeededKey, SeededKey]
    const decider = openDecider(database)
    await ask(decider, [erased, kept])
    await database.kysely.deleteFrom('key').where('id', '=', erased.keyId).execute()
    await decider.fold()
    await decider.close()
    assert.deepEqual(
      (await readUse(database)).map(({ keyId }) => keyId),
      [kept.keyId],
    )
  })
})

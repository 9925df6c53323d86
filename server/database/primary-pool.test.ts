import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTo, createServer, type Socket } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import pg from 'pg'
import { createPostgres, freePort, type PostgresNode } from '../testing/postgres.ts'
import { createPrimaryPool, type PrimaryPool, StandbyError } from './primary-pool.ts'
import { isUnavailable } from './unavailable.ts'

describe('connections to a primary with a standby', () => {
  let primary: PostgresNode
  let standby: PostgresNode
  before(async () => {
    primary = await createPostgres()
    standby = await primary.copy()
    await primary.start({ synchronous_standby_names: 'standby' })
    await standby.start()
  })
  after(() => Promise.all([primary.remove(), standby.remove()]))

  const both = (...nodes: PostgresNode[]) => `postgres://postgres@${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres`

  function open(t: TestContext, url: string, settings: pg.PoolConfig = {}): PrimaryPool {
    const pool = createPrimaryPool(url, { max: 3, ...settings })
    t.after(() => pool.end())
    return pool
  }

  async function portOf(pool: PrimaryPool): Promise<number> {
    const client = await pool.connect()
    try {
      return (await client.query('select inet_server_port() as port')).rows[0].port
    } finally {
      client.release()
    }
  }

  it('are to the primary, wherever it stands among the hosts', async (t) => {
    for (const url of [both(primary, standby), both(standby, primary)]) assert.equal(await portOf(open(t, url)), primary.port)
  })

  it('are none to a standby, though it would answer', async (t) => {
    const pool = open(t, standby.url)
    await assert.rejects(pool.connect(), (error) => error instanceof StandbyError && isUnavailable(error))
  })

  it('are dropped when the server turns out to be set to read only, and are there again when it is not', async (t) => {
    const pool = open(t, both(primary, standby))
    const clients = await Promise.all([pool.connect(), pool.connect()])
    const setTo = async (value: string) => {
      const admin = new pg.Client({ connectionString: primary.url })
      await admin.connect()
      await admin.query(`set default_transaction_read_only = off`)
      await admin.query(`alter system set default_transaction_read_only = ${value}`)
      await admin.query('select pg_reload_conf()')
      await admin.end()
      for (let seen = ''; seen !== value; ) {
        const fresh = new pg.Client({ connectionString: primary.url })
        await fresh.connect()
        seen = (await fresh.query('show default_transaction_read_only')).rows[0].default_transaction_read_only
        await fresh.end()
      }
    }
    await setTo('on')
    const [one, two] = clients as [(typeof clients)[0], (typeof clients)[1]]
    while ((await one.query('show default_transaction_read_only')).rows[0].default_transaction_read_only === 'off');
    await assert.rejects(one.query('create table never (id int)'), (error) => isUnavailable(error))
    await assert.rejects(one.query('select 1'), /read-only/, 'is of no use any more')
    one.release()
    two.release()
    await assert.rejects(pool.connect(), /none of the hosts is a primary: (?=.*set to read only)(?=.*is a standby)/)
    await setTo('off')
    assert.equal(await portOf(pool), primary.port)
  })

  it('that give no answer are given up with all others made with them, and new ones are made', async (t) => {
    const network = await openNetwork(t, primary.port)
    const pool = open(t, `postgres://postgres@127.0.0.1:${network.port}/postgres`, { query_timeout: 300 })
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    for (const client of clients.slice(1)) client.release()
    network.stall()
    await assert.rejects(clients[0]!.query('select 1'), (error) => isUnavailable(error))
    clients[0]!.release()
    // Whatever the stalled ones would do, three can be had that answer.
    const fresh = await Promise.all([pool.connect(), pool.connect(), pool.connect()])
    for (const client of fresh) {
      assert.equal((await client.query('select 1 as one')).rows[0].one, 1)
      client.release()
    }
  })

  it('pass over a host that nobody answers at', async (t) => {
    const nobody = await freePort()
    const pool = open(t, `postgres://postgres@127.0.0.1:${nobody},127.0.0.1:${primary.port}/postgres`)
    assert.equal(await portOf(pool), primary.port)
  })

  it('go over to the standby once it was promoted, without a restart', async (t) => {
    const pool = open(t, both(primary, standby))
    assert.equal(await portOf(pool), primary.port)
    await primary.kill()
    // What serves a connection outlives the server's first process for a moment.
    const isServed = () =>
      portOf(pool).then(
        () => true,
        (error) => {
          assert.ok(isUnavailable(error), error)
          return false
        },
      )
    while (await isServed());
    await standby.promote()
    assert.equal(await portOf(pool), standby.port)
  })
})

/** A port that leads to another one. What is connected to it when it stalls gets nothing through any more, and is not closed. */
async function openNetwork(t: TestContext, target: number) {
  const pairs: [Socket, Socket][] = []
  const server = createServer((near) => {
    const far = connectTo(target, '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => {})
    pairs.push([near, far])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of pairs.flat()) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as { port: number }).port,
    stall() {
      for (const [near, far] of pairs) {
        near.unpipe(far).pause()
        far.unpipe(near).pause()
      }
    },
  }
}

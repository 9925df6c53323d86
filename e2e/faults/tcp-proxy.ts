import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way between two programs that can be broken. */
export interface TcpProxy {
  readonly port: number
  /** Ends all connections at once. */
  cut(): void
  /** Nothing passes any more, and nothing is closed; new connections are taken and lead nowhere. */
  stall(): void
  /** What was stalled passes on, in order. */
  heal(): void
  /** Ends all connections, and every new one, until it is opened again: who is at the other end is out of reach. */
  close(): void
  open(): void
  end(): void
}

/** Leads every connection to a free port of the loopback on to `target`. */
export async function openTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  const pairs = new Set<readonly [Socket, Socket]>()
  let stalled = false
  let closed = false

  const server = createServer((near) => {
    if (closed) return near.destroy()
    const far = connect(target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [socket, other] of [pair, [far, near] as const]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        pairs.delete(pair)
        other.destroy()
      })
      if (stalled) socket.pause()
      else socket.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  function cut() {
    for (const socket of sockets) socket.destroy()
  }

  return {
    port: (server.address() as { port: number }).port,
    cut,
    stall() {
      stalled = true
      for (const [near, far] of pairs) {
        near.unpipe(far).pause()
        far.unpipe(near).pause()
      }
    },
    heal() {
      stalled = false
      for (const [near, far] of pairs) near.pipe(far).pipe(near)
    },
    close() {
      closed = true
      cut()
    },
    open() {
      closed = false
    },
    end() {
      server.close()
      cut()
    },
  }
}

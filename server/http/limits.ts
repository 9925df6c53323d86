/** What a client may take of the server's time and memory. Bodies larger than this state their limit at their route. */
export const limits = {
  /** Of a JSON body where the route says nothing else. */
  bodyLimit: 131_072,
  /** All headers together; Node's own default, stated because answers tell it. */
  maxHeaderBytes: 16_384,
  /** From the first byte of a request to the end of its headers. */
  headersTimeoutMs: 20_000,
  /**
   * From the first byte of a request to its last. 20 MB take 11 minutes at 256 kbit/s, the slowest line worth serving; who
   * trickles bytes for longer than this is cut off.
   */
  requestTimeoutMs: 900_000,
  /** Without a byte in either direction. More than any wait of ours for a database, so that those end with an answer. */
  idleTimeoutMs: 30_000,
  /** A connection kept alive between requests; longer than the 60 s that load balancers keep theirs, so that they close first. */
  keepAliveTimeoutMs: 72_000,
  /** Of a body that was refused and is read to its end only so that the client gets to see the answer. */
  maxDiscardedBytes: 33_554_432,
} as const

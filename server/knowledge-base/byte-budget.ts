/** Bytes that several may hold at once, together at most so many. */
export interface ByteBudget {
  /** Takes some, and returns what gives them back, to be called once; undefined when there are not so many left. */
  take(bytes: number): (() => void) | undefined
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let left = maxBytes
  return {
    take(bytes) {
      if (bytes > left) return undefined
      left -= bytes
      return () => {
        left += bytes
      }
    },
  }
}

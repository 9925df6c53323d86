/** Bytes that several may hold at once, together at most so many. */
export interface ByteBudget {
  /** For one who will hold some of them. */
  openShare(): ByteShare
}

export interface ByteShare {
  /** Takes so many more; false, having taken none, when there are not so many left or the share is closed. */
  take(bytes: number): boolean
  /** Gives back all that was taken. */
  close(): void
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let left = maxBytes
  return {
    openShare() {
      let held = 0
      let isOpen = true
      return {
        take(bytes) {
          if (!isOpen || bytes > left) return false
          left -= bytes
          held += bytes
          return true
        },
        close() {
          left += held
          held = 0
          isOpen = false
        },
      }
    },
  }
}

/** Where a change came from: the request that asked for it. */
export interface Origin {
  /** The client's address; empty when it was gone before anybody could ask. */
  readonly address: string
  readonly requestId: string
}

/** Whose doing a change is. */
export interface By {
  /** Null: the server's own, such as a command of its operator. */
  readonly userId: string | null
  /** Absent where no request asked for it. */
  readonly origin?: Origin | undefined
}

/** The columns of an origin. */
export function originColumns(origin: Origin | undefined): { readonly address: string | null; readonly requestId: string | null } {
  return { address: origin?.address || null, requestId: origin?.requestId ?? null }
}

/** How better-auth's API-key plugin keeps its keys and counts. */
export interface BetterAuthMode {
  /** The file of a SQLite database, or `postgres://…`. */
  readonly database: string
  /** Where keys are looked up and, without a database behind it, counted; null: in the database alone. */
  readonly storage: null | { readonly kind: 'map' } | { readonly kind: 'redis'; readonly url: string }
  /** Whether the database counts although there is a storage. Without it the counts are not exact. */
  readonly fallbackToDatabase: boolean
}

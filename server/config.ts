/** Everything that can be set, frozen; read from `LEAFPAD_*`. */
export interface Config {
  readonly host: string
  readonly port: number
  /** The address people use, without a slash at the end; its scheme decides whether cookies are Secure. */
  readonly publicUrl: string
  /** Addresses or CIDR blocks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  readonly dataDir: string
  /** `postgres://…`, or null for the embedded database in the data folder. */
  readonly databaseUrl: string | null
  /** Admitted requests a key and UTC day. */
  readonly dailyQuota: number
  readonly maxLiveKeysPerMember: number
  readonly maxFileBytes: number
  /** Bytes of documents an organization. */
  readonly maxStorageBytes: number
  /** Whether documents can be opened by their public link. */
  readonly publicLinks: boolean
  readonly signUp: 'invitation' | 'open'
  /** At least 32 bytes; signs session cookies. */
  readonly sessionSecret: string
  /** Port of /metrics on the same host; null: none. */
  readonly metricsPort: number | null
  /** Bearer token that opens /metrics on the main port; null: not there. */
  readonly metricsToken: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** How long closing waits for what is in flight. */
  readonly closeGraceMs: number
}

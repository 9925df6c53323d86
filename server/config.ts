import { join } from 'node:path'
import { projectFolder } from './project-folder.ts'
import {
  addresses,
  bytes,
  host,
  type Kind,
  mailbox,
  oneOf,
  origin,
  path,
  port,
  postgresUrl,
  secretText,
  smtpUrl,
  wholeNumber,
  yesOrNo,
} from './setting-kinds.ts'

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
  /** Who reaches the documents' files in the data folder: this server alone, or all copies of it; null: not said. */
  readonly files: 'local' | 'shared' | null
  /** Admitted requests a key and UTC day. */
  readonly dailyQuota: number
  readonly maxLiveKeysPerMember: number
  readonly maxFileBytes: number
  /** Bytes of documents an organization. */
  readonly maxStorageBytes: number
  /** Whether documents can be opened by their public link. */
  readonly publicLinks: boolean
  readonly signUp: 'invitation' | 'open'
  /** `smtp://…` or `smtps://…`, the server that mails are sent by; null: none are sent. */
  readonly smtpUrl: string | null
  /** Who mails are from: an address, with or without a name before it. */
  readonly mailFrom: string
  /** At least 32 bytes; signs session cookies. */
  readonly sessionSecret: string
  /** Port of /metrics on the same host; null: none. */
  readonly metricsPort: number | null
  /** Bearer token that opens /metrics on the main port; null: not there. */
  readonly metricsToken: string | null
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** How long closing waits for what is in flight. */
  readonly closeGraceMs: number
  /** How long SIGTERM lets the server go on, unready, before it closes. */
  readonly drainMs: number
}

/** The configuration as the environment gives it. Without a session secret there, the one in the data folder holds. */
export type Settings = Omit<Config, 'sessionSecret'> & { readonly sessionSecret: string | null }

export interface Setting<Value> {
  readonly kind: Kind<NonNullable<Value>>
  /** What holds when it is not set; a function of the settings above it. */
  readonly default: Value | ((above: Partial<Settings>) => Value)
  /** What the default means, where its value does not say it. */
  readonly defaultDoc?: string
  /** Never printed; can also be given as the path of a file in `LEAFPAD_…_FILE`. */
  readonly secret?: true
  /** One or two sentences for who runs the server. */
  readonly doc: string
}

/** Every setting. The environment's name is made of the property's: `dailyQuota` is `LEAFPAD_DAILY_QUOTA`. */
export const table: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  host: {
    kind: host,
    default: '127.0.0.1',
    doc: 'The address to listen on. `0.0.0.0` or `::` listens to every machine that can reach this one: put a proxy with TLS before it.',
  },
  port: { kind: port, default: 3000, doc: 'The port to listen on.' },
  publicUrl: {
    kind: origin,
    default: ({ port }) => `http://localhost:${port}`,
    defaultDoc: '`http://localhost:` and the port',
    doc: 'The address people open in the browser, without a path. Links are made of it; with `https` the cookies are Secure.',
  },
  trustedProxies: {
    kind: addresses,
    default: Object.freeze([]),
    defaultDoc: 'none',
    doc: 'Addresses or CIDR blocks of the proxies before the server, separated by commas. Only their `X-Forwarded-For` is believed.',
  },
  dataDir: {
    kind: path,
    default: join(projectFolder, 'data'),
    defaultDoc: '`data/` in the folder of the program',
    doc: 'The folder of the embedded database, the documents and the session secret; made if it is missing.',
  },
  databaseUrl: {
    kind: postgresUrl,
    default: null,
    defaultDoc: 'the embedded database in the data folder',
    secret: true,
    doc: 'A PostgreSQL database of version 15 or newer, `postgres://user:password@host:5432/database`. Documents stay in the data folder. For several hosts and TLS, see below.',
  },
  files: {
    kind: oneOf(['local', 'shared']),
    default: null,
    defaultDoc: 'with the embedded database `local`; with PostgreSQL it must be said',
    doc: '`shared`: all copies of the server have this data folder, on a file system they share. `local`: this server alone has it, and is the only copy.',
  },
  dailyQuota: { kind: wholeNumber(1, 1_000_000_000), default: 2_000, doc: 'How many requests a key may make in a UTC day.' },
  maxLiveKeysPerMember: {
    kind: wholeNumber(1, 10_000),
    default: 50,
    doc: 'How many keys that are neither expired nor revoked a member of an organization may have.',
  },
  maxFileBytes: { kind: bytes(1), default: 20_971_520, doc: 'The largest document, in bytes.' },
  maxStorageBytes: { kind: bytes(1), default: 52_428_800, doc: 'The room for the documents of one organization, in bytes.' },
  publicLinks: {
    kind: yesOrNo,
    default: true,
    doc: '`yes`: whoever has the `publicUrl` of a document can download it. `no`: those links answer 404.',
  },
  signUp: {
    kind: oneOf(['invitation', 'open']),
    default: 'invitation',
    doc: '`invitation`: signing up needs an invitation (the first account: the set-up link). `open`: anybody can sign up.',
  },
  smtpUrl: {
    kind: smtpUrl,
    default: null,
    defaultDoc: 'none: the dashboard shows banners instead',
    secret: true,
    doc: 'The server that mails are sent by, `smtp://user:password@host:587`, or `smtps://` for TLS from the start. With a password, the connection is encrypted or not used.',
  },
  mailFrom: {
    kind: mailbox,
    default: ({ publicUrl }) => `LeafPad <leafpad@${URL.parse(publicUrl ?? '')?.hostname ?? 'localhost'}>`,
    defaultDoc: '`LeafPad <leafpad@…>` with the host of `LEAFPAD_PUBLIC_URL`',
    doc: 'Who mails are from. The mail server must let you send as this address.',
  },
  sessionSecret: {
    kind: secretText(32),
    default: null,
    defaultDoc: 'made into the data folder at the first start, as `session-secret`',
    secret: true,
    doc: 'Signs the session cookies; at least 32 bytes. Servers that share a database must share it. Changing it signs everybody out.',
  },
  metricsPort: {
    kind: port,
    default: null,
    defaultDoc: 'none',
    doc: 'A port of its own for `/metrics`, on the same address, open to whoever reaches it.',
  },
  metricsToken: {
    kind: secretText(16),
    default: null,
    defaultDoc: 'none',
    secret: true,
    doc: 'Opens `/metrics` on the main port to requests with `Authorization: Bearer` and this token; at least 16 bytes.',
  },
  logLevel: {
    kind: oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    doc: 'The least important log line that is written. `info` has one line a request.',
  },
  closeGraceMs: {
    kind: wholeNumber(0, 600_000),
    default: 10_000,
    doc: 'How many milliseconds closing waits for requests that are under way.',
  },
  drainMs: {
    kind: wholeNumber(0, 600_000),
    default: ({ files }) => (files === 'shared' ? 5_000 : 0),
    defaultDoc: '`5000` with `LEAFPAD_FILES=shared`, else `0`',
    doc: 'How many milliseconds after `SIGTERM` the server goes on serving while `/readyz` answers 503, for the proxy to send its requests to other copies. Then it closes.',
  },
}

export const settingNames = Object.keys(table) as (keyof Settings)[]

/** Where the embedded database is. */
export function embeddedFile(dataDir: string): string {
  return join(dataDir, 'leafpad.db')
}

/** `dailyQuota` → `LEAFPAD_DAILY_QUOTA` */
export function environmentName(name: keyof Settings): string {
  return `LEAFPAD_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}

import { isIP } from 'node:net'
import { isAbsolute, resolve } from 'node:path'
import { splitHosts } from './postgres-hosts.ts'

/** What can be written for a setting: makes a value of the text, or throws a Mistake that says what to write. */
export type Kind<Value> = (text: string) => Value

/** A text that a setting cannot have. The message says what to write instead, and repeats nothing of the text. */
export class Mistake extends Error {
  override name = 'Mistake'
}

/** A whole number from `least` to `most`, both included; written in digits alone. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
    throw new Mistake(`write a whole number ${range}, in digits alone`)
  }
}

/** Bytes, from `least` on; written in digits alone. */
export function bytes(least: number): Kind<number> {
  return (text) => {
    const size = /^(\d{1,6})\s*([KMG])i?B?$/i.exec(text)
    if (size === null) return wholeNumber(least)(text)
    const factor = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[size[2]!.toUpperCase() as 'K' | 'M' | 'G']
    throw new Mistake(`write the number of bytes in digits alone, such as ${Number(size[1]) * factor}`)
  }
}

export const port = wholeNumber(1, 65_535)

export const yesOrNo: Kind<boolean> = (text) => {
  if (text === 'yes') return true
  if (text === 'no') return false
  throw new Mistake('write yes or no')
}

export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  return (text) => {
    if ((words as readonly string[]).includes(text)) return text as Word
    throw new Mistake(`write one of ${words.join(', ')}`)
  }
}

/** A path; a relative one counts from the folder the program was started in. */
export const path: Kind<string> = (text) => (isAbsolute(text) ? text : resolve(text))

/** A name or an address to listen on. */
export const host: Kind<string> = (text) => {
  if (isIP(text) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text)) return text
  throw new Mistake('write an address such as 127.0.0.1, 0.0.0.0 or ::, or a host name, without a port')
}

/** The origin of a URL, without a slash at the end. */
export const origin: Kind<string> = (text) => {
  const url = URL.parse(text)
  const bare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (bare && /^https?:$/.test(url.protocol) && /^https?:\/\//i.test(text)) return url.origin
  throw new Mistake('write http:// or https://, the host and perhaps a port, and nothing behind it, such as https://leafpad.example.com')
}

/** Addresses and CIDR blocks, separated by commas or spaces. */
export const addresses: Kind<readonly string[]> = (text) => {
  const blocks = text.split(/[\s,]+/).filter((block) => block !== '')
  if (blocks.every(isAddressOrBlock)) return Object.freeze(blocks)
  throw new Mistake('write addresses or CIDR blocks, separated by commas, such as 127.0.0.1,10.0.0.0/8,::1')
}

function isAddressOrBlock(text: string): boolean {
  const [address, length, ...more] = text.split('/')
  const version = isIP(address!)
  if (version === 0 || address!.includes('%') || more.length > 0) return false
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128))
}

const postgresParameters = ['host', 'port', 'user', 'password', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options', 'sslnegotiation']

/** By what is written: the modes in which nobody but the server that is meant can answer are one. */
const sslModes: Readonly<Record<string, string>> = {
  disable: 'disable',
  'no-verify': 'no-verify',
  require: 'verify-full',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
}

/**
 * The URL of a PostgreSQL database. Parameters that would be ignored are refused, so that nobody trusts in them; `require` and
 * `verify-ca` become `verify-full`, the strictest mode.
 */
export const postgresUrl: Kind<string> = (text) => {
  const urls = splitHosts(text).map((one) => URL.parse(one))
  const url = urls[0]!
  const named = urls.every((one) => one !== null && (one.hostname !== '' || one.searchParams.has('host')) && one.pathname.length > 1)
  if (!named || !/^postgres(ql)?:\/\//.test(text)) {
    throw new Mistake('write postgres://user:password@host:5432/database; letters such as @ or / in the password are written %40 and %2F')
  }
  if (url.searchParams.get('host')?.includes(','))
    throw new Mistake('write several hosts before the database: postgres://one:5432,two:5432/database')
  if (urls.length > 1 && url.searchParams.has('host'))
    throw new Mistake('leave the parameter host out; the hosts stand before the database')
  const names = [...url.searchParams.keys()]
  if (names.some((name, index) => !postgresParameters.includes(name) || names.indexOf(name) !== index)) {
    throw new Mistake(`of the parameters behind the question mark, leave none but ${postgresParameters.join(', ')}, each once`)
  }
  const sslMode = url.searchParams.get('sslmode')
  if (sslMode === null) return text
  const strict = sslModes[sslMode]
  if (strict === undefined) throw new Mistake('write sslmode=verify-full (TLS), disable (none) or no-verify (TLS that checks nothing)')
  return text.replace(`sslmode=${sslMode}`, `sslmode=${strict}`)
}

/** The URL of an SMTP server: `smtp://user:password@host:587`, or `smtps://` for TLS from the start. */
export const smtpUrl: Kind<string> = (text) => {
  const url = URL.parse(text)
  const isBare = url !== null && url.hostname !== '' && /^\/?$/.test(url.pathname) && url.search === '' && url.hash === ''
  if (isBare && /^smtps?:\/\//i.test(text) && (url.username === '') === (url.password === '') && canDecode(url)) return url.href
  throw new Mistake(
    'write smtp://user:password@host:587, or smtps:// for TLS from the start, and nothing behind it; letters such as @ or / in the password are written %40 and %2F',
  )
}

function canDecode({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username)
    decodeURIComponent(password)
    return true
  } catch {
    return false
  }
}

/** Who mails are from: an address, or a name and the address in angle brackets (RFC 5322, section 3.4). */
export const mailbox: Kind<string> = (text) => {
  if (/^([^<>"@,;:\p{Cc}]+ )?<[^\s<>@,;"]+@[^\s<>@,;"]+>$|^[^\s<>@,;"]+@[^\s<>@,;"]+$/u.test(text)) return text
  throw new Mistake('write an e-mail address, or a name before it: LeafPad <leafpad@example.com>')
}

/** Something long enough that it cannot be guessed, without spaces around it. */
export function secretText(leastBytes: number): Kind<string> {
  return (text) => {
    if (Buffer.byteLength(text) >= leastBytes && text.trim() === text) return text
    throw new Mistake(`write at least ${leastBytes} random bytes, such as the output of \`openssl rand -hex ${leastBytes}\``)
  }
}

import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { LeafPadError } from './errors.ts'

export const maxNetworks = 50

/** What was asked before, for the same is asked again and again, and its answer never changes. */
const answers = new Map<string, boolean>()
const maxAnswers = 10_000

/** An address in the one form in which it is compared and shown: IPv4 as IPv4, IPv6 as RFC 5952 has it, without a zone; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return undefined
  const [address] = text.split('%')
  const canonical = new SocketAddress({ address: address!, family: 'ipv6' }).address
  const mapped = canonical.startsWith('::ffff:') ? canonical.slice(7) : ''
  return isIPv4(mapped) ? mapped : canonical
}

/**
 * A network in the one form in which it is kept: `10.0.0.0/8`, `2001:db8::/32`; an address alone is a network of one. IPv4-mapped IPv6 is
 * IPv4 (RFC 4291, section 2.5.5.2). What is none is told as what is wrong with it.
 */
export function parseNetwork(text: string): { readonly network: string } | { readonly problem: string } {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const bits = isIPv4(address) ? 32 : 128
  const canonical = address.includes('%') ? undefined : canonicalAddress(address)
  if (canonical === undefined) return { problem: 'is no network; write one like 10.0.0.0/8, 2001:db8::/32 or 203.0.113.7' }
  // The first 96 bits of an IPv4-mapped address say no more than that it is one.
  const length = Number(prefix ?? bits) - (bits === 128 && isIPv4(canonical) ? 96 : 0)
  const most = isIPv4(canonical) ? 32 : 128
  if (length < 0 || length > most) return { problem: `has a prefix that is too long or too short; ${canonical} takes /0 to /${most}` }
  const first = firstAddress(canonical, length)
  if (first !== canonical)
    return { problem: `is no network, but an address in one; write ${first}/${length}, or ${canonical}/${most} for it alone` }
  return { network: `${canonical}/${length}` }
}

/** The field "networks" as it is kept: its networks once each, separated by spaces. Throws `invalid_body`, which names each that is none. */
export function parseNetworks(texts: readonly string[]): string {
  const networks = texts.map(parseNetwork)
  const errors = networks.flatMap((parsed, index) => ('problem' in parsed ? [{ path: `networks/${index}`, message: parsed.problem }] : []))
  if (errors.length > 0) {
    const detail = errors.map(({ path, message }) => `The "${path}" ${message}.`).join(' ')
    throw new LeafPadError('invalid_body', { detail, members: { errors } })
  }
  return [...new Set(networks.map((parsed) => ('network' in parsed ? parsed.network : '')))].join(' ')
}

/** Whether an address is in one of the networks of a text as it is kept: `10.0.0.0/8 2001:db8::/32`. What is no address is in no network. */
export function isInNetworks(networks: string, address: string): boolean {
  const question = `${networks} ${address}`
  let isIn = answers.get(question)
  if (isIn === undefined) {
    isIn = search(networks, address)
    if (answers.size >= maxAnswers) answers.clear()
    answers.set(question, isIn)
  }
  return isIn
}

function search(networks: string, address: string): boolean {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  if (family === 'ipv6' && !isIPv6(address)) return false
  const list = new BlockList()
  for (const network of networks.split(' ')) {
    const [first, length] = network.split('/')
    // Of the other family none: to a BlockList every IPv4 address is in ::/0.
    if (isIPv4(first!) === (family === 'ipv4')) list.addSubnet(first!, Number(length), family)
  }
  return list.check(address, family)
}

/** The first address of the network of so many bits that an address is in. */
function firstAddress(address: string, length: number): string {
  if (isIPv4(address)) {
    const kept = bytesOf(address.split('.').map(Number), 8, length)
    return kept.join('.')
  }
  // Some are written with their last 32 bits as IPv4 is.
  const groups16 = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => [a * 256 + +b, c * 256 + +d].map(hex).join(':'))
  const [head = '', tail] = groups16.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))))
  const zeros = Array.from({ length: 8 - before!.length - after!.length }, () => 0)
  const groups = bytesOf([...before!, ...zeros, ...after!], 16, length)
  return canonicalAddress(groups.map(hex).join(':'))!
}

const hex = (number: number) => number.toString(16)

/** Numbers of so many bits each, with all bits after the first `length` ones zero. */
function bytesOf(numbers: readonly number[], bits: number, length: number): number[] {
  return numbers.map((number, index) => {
    const kept = Math.min(bits, Math.max(0, length - index * bits))
    return number & ~((1 << (bits - kept)) - 1)
  })
}

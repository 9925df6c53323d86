import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonicalAddress, isInNetworks, parseNetwork } from './networks.ts'

const network = (text: string) => {
  const parsed = parseNetwork(text)
  return 'network' in parsed ? parsed.network : parsed.problem
}

describe('networks', () => {
  it('are kept in one form, IPv4-mapped ones as IPv4, an address alone as a network of one', () => {
    const forms = {
      '10.0.0.0/8': '10.0.0.0/8',
      ' 192.0.2.7 ': '192.0.2.7/32',
      '0.0.0.0/0': '0.0.0.0/0',
      '2001:DB8:0:0::/32': '2001:db8::/32',
      '2001:db8::1': '2001:db8::1/128',
      '::/0': '::/0',
      '::ffff:10.0.0.0/104': '10.0.0.0/8',
      '::ffff:a00:4': '10.0.0.4/32',
    }
    for (const [text, kept] of Object.entries(forms)) assert.equal(network(text), kept)
  })

  it('that are none are told with what to write', () => {
    for (const text of ['', 'office', '10.0.0', '10.0.0.0/8/8', '10.0.0.0/-1', 'fe80::1%eth0', '10.0.0.0/ 8']) {
      assert.match(network(text), /^is no network; write one like/, text)
    }
    assert.match(network('10.0.0.0/33'), /takes \/0 to \/32/)
    assert.match(network('::ffff:10.0.0.0/90'), /takes \/0 to \/32/)
    assert.match(network('10.0.0.4/8'), /write 10\.0\.0\.0\/8, or 10\.0\.0\.4\/32 for it alone/)
    assert.match(network('2001:db8::1/32'), /write 2001:db8::\/32, or 2001:db8::1\/128 for it alone/)
  })

  it('have in them what is in them: of another family nothing, of what is no address nothing', () => {
    const kept = '10.0.0.0/8 203.0.113.7/32 2001:db8::/32'
    for (const address of ['10.0.0.0', '10.255.255.255', '203.0.113.7', '2001:db8:ffff::1']) assert.ok(isInNetworks(kept, address), address)
    for (const address of ['9.255.255.255', '11.0.0.0', '203.0.113.8', '2001:db9::', '::1', '', 'localhost']) {
      assert.ok(!isInNetworks(kept, address), address)
    }
    assert.ok(!isInNetworks('::/0', '10.0.0.1') && !isInNetworks('0.0.0.0/0', '::1'))
  })

  it('of an address alone and of every network around it have the address in them', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(address, fc.nat(128), (text, bits) => {
        const canonical = canonicalAddress(text)!
        assert.equal(canonicalAddress(canonical), canonical)
        const alone = network(canonical)
        assert.ok(isInNetworks(alone, canonical))
        const length = Math.min(bits, canonical.includes(':') ? 128 : 32)
        const told = network(`${canonical}/${length}`)
        const around = /write (\S+),/.exec(told)?.[1] ?? told
        assert.equal(network(around), around)
        assert.ok(isInNetworks(around, canonical), `${around} ${canonical}`)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rateLimitHeaders } from './rate-limit.ts'

const at = (time: string) => Date.parse(time)

describe('rateLimitHeaders', () => {
  it('tells quota, what is left, and the seconds to 00:00 UTC, rounded up', () => {
    const count = { day: '2026-01-31', now: at('2026-01-31T12:22:43.001Z'), quota: 2000, used: 1 }
    assert.deepEqual(rateLimitHeaders(count), {
      'ratelimit-policy': '"daily";q=2000;w=86400',
      ratelimit: '"daily";r=1999;t=41837',
      'x-ratelimit-limit': '2000',
      'x-ratelimit-remaining': '1999',
      'x-ratelimit-reset': '41837',
    })
  })

  it('counts to the end of the day that was counted on, also when the clock has stepped back before it', () => {
    const count = { day: '2026-02-01', now: at('2026-01-31T23:59:59.000Z'), quota: 2000, used: 2000 }
    assert.equal(rateLimitHeaders(count).ratelimit, '"daily";r=0;t=86401')
  })

  it('has nothing left, not less, when the quota was lowered below what is used', () => {
    const count = { day: '2026-01-31', now: at('2026-01-31T00:00:00.000Z'), quota: 5, used: 9 }
    assert.equal(rateLimitHeaders(count)['x-ratelimit-remaining'], '0')
  })
})

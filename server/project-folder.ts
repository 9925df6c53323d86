import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the whole project, wherever in it this runs: from its source or from what was built of it. */
export const projectFolder = findAbove(import.meta.dirname, 'package-lock.json')

function findAbove(folder: string, name: string): string {
  if (existsSync(join(folder, name))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`There is no ${name} above ${import.meta.dirname}; run LeafPad out of its own folder.`)
  return findAbove(parent, name)
}

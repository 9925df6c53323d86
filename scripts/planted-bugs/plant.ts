import type { Bug } from './bug.ts'

/** The text of a bug's file with the bug in it. Throws when its line is not there exactly once: the list is then out of date. */
export function plant(text: string, { name, file, line, becomes }: Bug): string {
  const lines = text.split('\n')
  const found = lines.flatMap((one, position) => (one.trim() === line ? [position] : []))
  if (found.length !== 1) {
    throw new Error(
      `The line of the bug "${name}" is ${found.length} times in ${file}, and must be once: ${line}\n` +
        'Look for what does its work now, and write that into scripts/planted-bugs/bugs.ts.',
    )
  }
  const [position] = found as [number]
  const indentation = lines[position]!.slice(0, lines[position]!.indexOf(line))
  lines[position] = `${indentation}${becomes}`
  return lines.join('\n')
}

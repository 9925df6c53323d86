import { sizeText } from './format.ts'

/** The endings that the server takes; it decides, this spares sending what it would refuse. */
export const endings = ['.txt', '.md', '.pdf'] as const

export interface Room {
  /** What there is still room for; undefined while that is not known. */
  readonly leftBytes?: number | undefined
  /** The most that one file may have; undefined until the server has said so. */
  readonly maxFileBytes?: number | undefined
}

/** What is wrong with a file before it is sent, and how to mend it; undefined when nothing is. */
export function checkFile(
  { name, size }: { readonly name: string; readonly size: number },
  { leftBytes, maxFileBytes }: Room,
): string | undefined {
  if (!endings.some((ending) => name.toLowerCase().endsWith(ending))) {
    return `Only files ending in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)} can be added. It was not sent.`
  }
  if (size === 0) return 'The file is empty. It was not sent.'
  if (maxFileBytes !== undefined && size > maxFileBytes) {
    return `The file has ${sizeText(size)}, and a file may have ${sizeText(maxFileBytes)}. Split it, or send a smaller one. It was not sent.`
  }
  if (leftBytes !== undefined && size > leftBytes) {
    return `The file has ${sizeText(size)}, and there is room for ${sizeText(leftBytes)}. Delete documents first. It was not sent.`
  }
  return undefined
}

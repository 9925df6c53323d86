import { LeafPadError } from '../errors.ts'

/** What a file is, decided by the ending of its name alone: what a client says about it is not believed. */
export interface FileKind {
  /** Media type, without parameters. */
  readonly fileType: string
  /** Whether it is text in UTF-8. */
  readonly isText: boolean
}

const kinds: Readonly<Record<string, FileKind>> = {
  '.txt': { fileType: 'text/plain', isText: true },
  '.md': { fileType: 'text/markdown', isText: true },
  '.pdf': { fileType: 'application/pdf', isText: false },
}

export const endings = Object.keys(kinds)

/** What a file of this name is; the ending's case does not matter. Throws `unsupported_media_type`, with the endings there are. */
export function readFileKind(fileName: string): FileKind {
  const ending = /\.[^.]*$/.exec(fileName)?.[0].toLowerCase()
  if (ending !== undefined && Object.hasOwn(kinds, ending)) return kinds[ending]!
  throw new LeafPadError('unsupported_media_type', {
    detail: `The name of the file must end in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}.`,
    members: { endings },
  })
}

/** The `Content-Type` a file is served with. */
export function contentType(fileType: string): string {
  return fileType.startsWith('text/') ? `${fileType}; charset=utf-8` : fileType
}

/** How much may follow the last boundary. Nothing that is sent has a use for it. */
export const maxEpilogueBytes = 65_536

/** How much of the line of the last boundary is looked at: the spaces that may be there, and more. */
const maxLineBytes = 256

/** What was seen so far of the boundaries of a multipart body. */
export interface DelimiterScan {
  /** The next piece of the body, in order. */
  push(chunk: Uint8Array): void
  /** Whether more has come after the last boundary than may. */
  isTooLong(): boolean
  /** Once the body has ended: what keeps it from being one part and nothing else, in a sentence; undefined if it is that. */
  problem(): string | undefined
}

/**
 * Follows a body that should have one part, and so two lines which begin with the boundary: one before the part, and one, with two
 * hyphens more, after it (RFC 2046, section 5.1.1). Parsers leave out a part that they cannot name, and end a part whose content
 * has such a line at that line; here both are seen as a third boundary, and an epilogue without one is none.
 */
export function createDelimiterScan(boundary: string): DelimiterScan {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // A boundary at the very beginning has no line before it.
  let kept: Buffer = Buffer.from('\r\n')
  let found = 0
  let epilogueBytes = 0
  /** What follows the second boundary, as far as its line can be. */
  let line = ''

  function pass(bytes: Buffer) {
    if (found < 2) return
    epilogueBytes += bytes.length
    if (line.length < maxLineBytes) line += bytes.toString('latin1', 0, maxLineBytes - line.length)
  }

  return {
    push(chunk) {
      let rest = Buffer.concat([kept, chunk])
      for (let at = rest.indexOf(delimiter); at >= 0; at = rest.indexOf(delimiter)) {
        pass(rest.subarray(0, at))
        found++
        rest = rest.subarray(at + delimiter.length)
      }
      const passed = Math.max(0, rest.length - delimiter.length + 1)
      pass(rest.subarray(0, passed))
      kept = Buffer.from(rest.subarray(passed))
    },
    isTooLong: () => epilogueBytes > maxEpilogueBytes,
    problem() {
      pass(kept)
      kept = Buffer.alloc(0)
      if (found < 2) return 'The body ends before its last boundary. Send it whole.'
      if (found > 2 || !line.startsWith('--')) {
        return 'There are more parts than one, or the file has a line that begins with the boundary. Send one part, "file", with a boundary that the file does not have.'
      }
      if (!/^--[ \t]{0,100}(?:\r\n|$)/.test(line)) return 'The line of the last boundary has more after its two hyphens. End it there.'
      if (epilogueBytes > maxEpilogueBytes) return `More than ${maxEpilogueBytes} bytes come after the last boundary. Leave them out.`
      return undefined
    },
  }
}

/** A media type as RFC 9110, section 8.3.1, has it. */
export interface MediaType {
  /** `type/subtype` in lower case, such as `application/json`. */
  readonly essence: string
  /** By lower-case name, values unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quotedString = '"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*"'
const essencePattern = new RegExp(`${token}/${token}`, 'y')
const parameterPattern = new RegExp(`[\\t ]*;[\\t ]*(?:(${token})=(${token}|${quotedString}))?`, 'y')

/**
 * A media type from the value of a Content-Type header; undefined for what is none to the last character. A parameter named
 * twice makes it none: two readers could take different ones.
 */
export function parseMediaType(value: string): MediaType | undefined {
  essencePattern.lastIndex = 0
  const essence = essencePattern.exec(value)?.[0]
  if (essence === undefined) return undefined
  const parameters = new Map<string, string>()
  let position = essencePattern.lastIndex
  while (position < value.length) {
    parameterPattern.lastIndex = position
    const found = parameterPattern.exec(value)
    if (found === null) return undefined
    position = parameterPattern.lastIndex
    const [, name, text] = found
    if (name === undefined || text === undefined) continue
    const key = name.toLowerCase()
    if (parameters.has(key)) return undefined
    parameters.set(key, text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text)
  }
  return { essence: essence.toLowerCase(), parameters }
}

/**
 * The value of a `Content-Disposition` header that makes a browser save what it gets under this name (RFC 6266, section 4).
 * The plain parameter is for old clients: everything but letters, digits, and `._-` with spaces becomes `_`. The extended one
 * has the whole name (RFC 8187, section 3.2).
 */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\w.\- ]/gu, '_')
  const extended = encodeURIComponent(fileName).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`
}

/** Whole requests, as the load sends them. */

export function getRequest(path: string, headers: Readonly<Record<string, string>> = {}): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headerLines(headers)}\r\n`
}

/** Creates a document from a text. */
export function createDocumentRequest(secret: string, text: string): string {
  const body = JSON.stringify({ text })
  const headers = { 'x-api-key': secret, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return `POST /api/public/v1/knowledge-base HTTP/1.1\r\nhost: localhost\r\n${headerLines(headers)}\r\n${body}`
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

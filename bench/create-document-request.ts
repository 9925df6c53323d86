/** The whole request that creates a document from a text. */
export function createDocumentRequest(secret: string, text: string): string {
  const body = JSON.stringify({ text })
  return [
    'POST /api/public/v1/knowledge-base HTTP/1.1',
    'host: localhost',
    `x-api-key: ${secret}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

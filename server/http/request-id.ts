import { randomFillSync } from 'node:crypto'

const idBytes = 12

/** Random bytes in stock: asking the system for each request's would cost more than the rest of the id. */
const stock = Buffer.alloc(idBytes * 512)
let position = stock.length

/** A new name for a request: `req_` and 24 hexadecimal digits. Never what a client sent, so that nobody can write into the log. */
export function newRequestId(): string {
  if (position === stock.length) {
    randomFillSync(stock)
    position = 0
  }
  position += idBytes
  return `req_${stock.toString('hex', position - idBytes, position)}`
}

/**
 * One point select by primary key a request, through the same HTTP server: the least that asking PostgreSQL for each request costs when
 * nothing is decided, counted or made durable. The key's id comes in `x-id`.
 */
import pg from 'pg'
import { answer, benchServer, listen } from './bench-server.ts'

const pool = new pg.Pool({ connectionString: process.argv[2]!, max: 10 })
const { app } = benchServer()
app.get('/selected', answer.options, async (request) => {
  const { rows } = await pool.query({ name: 'select', text: 'select id, name from key where id = $1', values: [request.headers['x-id']] })
  const { id, name } = rows[0]
  return { id, name, size: 1234 }
})
await listen(app)

/**
 * `npm run dev`: the server, which starts again when a file of it changes, and the dashboard as its sources are at every moment, both
 * at http://localhost:5173, or at another port (`npm run dev -- 5180`). Settings are those of the server; its own port is LEAFPAD_PORT.
 */
import '../server/check-node.ts'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createServer } from 'vite'

const root = join(import.meta.dirname, '..')
const port = Number(process.argv[2] ?? 5173)
const serverPort = process.env.LEAFPAD_PORT ?? '3000'
const target = `http://127.0.0.1:${serverPort}`

const vite = await createServer({
  configFile: join(root, 'dashboard', 'vite.config.ts'),
  clearScreen: false,
  server: { port, strictPort: true, proxy: { '/api': { target }, '/files': { target } } },
})
await vite.listen()

// Links and cookies are for the address that people use, which is the dashboard's here.
const server = spawn(process.execPath, ['--watch', '--watch-preserve-output', join(root, 'server', 'main.ts'), 'serve', '--no-dashboard'], {
  stdio: 'inherit',
  env: { ...process.env, LEAFPAD_PORT: serverPort, LEAFPAD_PUBLIC_URL: `http://localhost:${port}` },
})
server.on('exit', (code) => process.exit(code ?? 1))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    server.kill(signal)
    void vite.close()
  })
}

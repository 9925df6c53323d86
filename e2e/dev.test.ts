import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../server/testing/postgres.ts'
import { environment, root, startProgram, temporaryFolder } from './testing/program.ts'

test('npm run dev serves the dashboard as its sources are, tells the browser of a change, and starts the server again at one', {
  timeout: 120_000,
}, async (t) => {
  const folder = temporaryFolder(t)
  // Without bootstrap.mjs, which would see to what is installed, and that is linked.
  const ours = ['package.json', 'package-lock.json', 'tsconfig.json', 'server', 'dashboard', 'scripts']
  const filter = (path: string) => !/^(node_modules|dist)$/.test(basename(path))
  for (const name of ours) cpSync(join(root, name), join(folder, name), { recursive: true, filter })
  for (const name of ['node_modules', 'server/node_modules']) {
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name))
  }
  const port = await freePort()
  const settings = { LEAFPAD_DATA_DIR: join(folder, 'data'), LEAFPAD_PORT: String(await freePort()), LEAFPAD_LOG_LEVEL: 'warn' }
  const command = [process.execPath, 'scripts/dev.ts', String(port)] as const
  const dev = startProgram(t, [...command], { cwd: folder, env: environment(settings) })
  await dev.said(new RegExp(`http://localhost:${port}/set-up#token=`))

  const url = `http://localhost:${port}`
  assert.equal((await fetch(`${url}/api/dashboard/v1/session`)).status, 401)
  const read = async (path: string) => (await fetch(`${url}${path}`)).text()
  assert.match(await read('/main.tsx'), /createDashboardRouter/)

  const [, token] = /wsToken = "([^"]+)"/.exec(await read('/@vite/client'))!
  const socket = new WebSocket(`ws://localhost:${port}/?token=${token}`, 'vite-hmr')
  const toldOf = (type: RegExp) =>
    new Promise<void>((resolve) =>
      socket.addEventListener('message', ({ data }) => type.test((JSON.parse(String(data)) as { type: string }).type) && resolve()),
    )
  await toldOf(/^connected$/)
  const told = toldOf(/^(update|full-reload)$/)
  appendFileSync(join(folder, 'dashboard', 'main.tsx'), "console.log('changed')\n")
  await told
  socket.close()
  assert.match(await read('/main.tsx'), /console\.log\(["']changed["']\)/)

  appendFileSync(join(folder, 'server', 'errors.ts'), '\n')
  await dev.said(/LeafPad listens on[\s\S]*LeafPad listens on/)
  assert.equal((await fetch(`${url}/api/dashboard/v1/session`)).status, 401)
})

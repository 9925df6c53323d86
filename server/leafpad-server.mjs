#!/usr/bin/env node
/** The command `leafpad-server`: plain JavaScript, so that it starts on any Node and goes on with the project's own. */
process.argv.splice(2, 0, 'server/launch.ts')
await import('../bootstrap.mjs')

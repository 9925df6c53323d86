/**
 * Imported first by every program of the project, so that none runs on an older Node by mistake. One that cannot run TypeScript
 * stops by itself before this, with ERR_UNKNOWN_FILE_EXTENSION.
 */

/** The oldest major version the project runs on; `engines` says the same. */
export const leastNodeMajor = 26

/** What to say to who runs `version`, or undefined when it is new enough. */
export function refuseNode(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= leastNodeMajor) return undefined
  return (
    `LeafPad: this is Node ${version}, and it needs Node ${leastNodeMajor} or newer, which it brings along. ` +
    'Use npm (npm start, npm test), or put "node bootstrap.mjs" before the path of the script.'
  )
}

const refusal = refuseNode(process.versions.node)
if (refusal !== undefined) {
  console.error(refusal)
  process.exit(1)
}

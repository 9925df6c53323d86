import { builds, dashboardBuild, haveBuild } from './have-build.ts'

/**
 * The folder of the dashboard as its sources are now, built if it is not there yet; without what builds it an older build, or null
 * when there is none. What takes time or goes wrong is told in sentences. Rejects as haveBuild does.
 */
export async function haveDashboard(tell: (text: string) => void, project?: string): Promise<string | null> {
  const folder = await haveBuild(dashboardBuild, tell, project)
  if (folder !== null) return folder
  const older = builds(dashboardBuild, project)[0]
  tell(`What builds the dashboard is not installed (npm ci installs it), so ${older ? 'an older build is served' : 'there is none'}.`)
  return older ?? null
}

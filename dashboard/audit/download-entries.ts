import { dashboardApi, organizationHeader, readAnswer, unreachable, withQuery } from '../api.ts'
import type { EntryFilter } from '../audit-query.ts'

/**
 * Downloads the entries as a file, an entry a line, the oldest first. It is whole or not at all: a link would keep what came of an export that
 * broke off, and could not say which organization it is about. Rejects with ApiError.
 */
export async function downloadEntries(organizationId: string, filter: EntryFilter): Promise<void> {
  const path = withQuery(`${dashboardApi}/audit/export`, { ...filter })
  let lines: Blob
  try {
    const response = await fetch(path, { headers: { [organizationHeader]: organizationId }, cache: 'no-store' })
    if (!response.ok) return readAnswer(response.status, response.headers.get('retry-after'), await response.text())
    lines = await response.blob()
  } catch (error) {
    throw error instanceof TypeError || error instanceof DOMException ? unreachable() : error
  }
  const href = URL.createObjectURL(lines)
  Object.assign(document.createElement('a'), { href, download: `audit-${organizationId}.ndjson` }).click()
  // Once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

import { text } from 'node:stream/consumers'
import { openDiskFileStore } from '../../server/knowledge-base/disk-file-store.ts'
import type { Subject } from './clients.ts'
import type { Cluster } from './cluster.ts'
import type { Final, FinalDocument, FinalKey } from './history.ts'
import type { Person } from './person.ts'

/** What the database has of keys, counts and documents, the files of these, and what the dashboard shows of the keys that are used all the time. */
export async function readFinal(
  { pair, filesFolder }: Cluster,
  { person, organizationId }: { readonly person: Person; readonly organizationId: string },
  hot: readonly Subject[],
): Promise<Final> {
  const shown = []
  await person.insist('PUT', '/session/organization', { organizationId })
  for (const { key } of hot) {
    const { today } = (await person.insist('GET', `/keys/${key}`)).body.key
    shown.push({ key, day: today.day, used: today.used })
  }
  const used = await pair.ask<{ key: string; day: string; used: string }>('select "keyId" as key, day, used from usage')
  const files = openDiskFileStore(filesFolder)
  const documents: FinalDocument[] = []
  const rows = await pair.ask<{ name: string; key: string; file: string }>(
    'select "fileName" as name, "keyId" as key, "fileKey" as file from document',
  )
  for (const { name, key, file } of rows) {
    const content = await files.read(file).then(text, () => undefined)
    documents.push({ name, key, whole: content === name })
  }
  return {
    keys: await pair.ask<FinalKey>(
      `select k.id as key, k."revokedAt" is not null as revoked, m.role, p."needsExpiry" = 1 or p.networks is not null as blocked
       from key k join policy p on p."organizationId" = k."organizationId" left join member m on m.id = k."memberId"`,
    ),
    used: used.map((row) => ({ ...row, used: Number(row.used) })),
    documents,
    shown,
  }
}

import type { Subject } from './clients.ts'
import type { Cluster } from './cluster.ts'
import type { Final, FinalKey } from './history.ts'
import type { Person } from './person.ts'

/** What the database has of keys, counts and documents, and what the dashboard shows of the keys that are used all the time. */
export async function readFinal(
  { pair }: Cluster,
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
  return {
    keys: await pair.ask<FinalKey>(
      `select k.id as key, k."revokedAt" is not null as revoked, m.role from key k left join member m on m.id = k."memberId"`,
    ),
    used: used.map((row) => ({ ...row, used: Number(row.used) })),
    documents: await pair.ask('select "fileName" as name, "keyId" as key from document'),
    shown,
  }
}

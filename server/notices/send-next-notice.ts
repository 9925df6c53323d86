import { type Database, readClock } from '../database/database.ts'
import { composeExpiries } from './compose-expiries.ts'
import { composeMail } from './compose-mail.ts'
import { type Mail, MailRefusedError, type MailSender } from './mail-sender.ts'
import { isStillTrue, type NoticeKind, told } from './notice.ts'
import { openLink } from './sealed-link.ts'

/** For how long a server that has taken a notice has it to itself: longer than sending may take. */
export const leaseMs = 180_000

/** How long after each attempt the next one is made; the last holds for all that follow. */
const retriesAfterMs = [60_000, 300_000, 900_000, 3_600_000]

/** After so long it is given up: who has not been told by then would not know what to make of it. */
const givenUpAfterMs = 86_400_000

export interface Mailing {
  readonly database: Database
  readonly sender: MailSender
  /** Where people open the dashboard, without a slash at the end. */
  readonly publicUrl: string
  readonly sessionSecret: string
}

/** What became of a notice. */
export interface Attempt {
  readonly outcome: 'sent' | 'failed' | 'given_up' | 'needless'
  /** Of several that one mail tells, the first. */
  readonly noticeId: string
  readonly kind: NoticeKind
  /** Why it was not sent, if that was tried. */
  readonly error?: unknown
}

/**
 * Sends the notice that is due first, and tells what became of it; undefined when none is. Warnings of expiries that were found at once for the
 * same person are one mail, each time it is tried. Of the servers of a database one takes it; should
 * that one stop, another takes it when its lease has ended, so that it is sent at least once, each time with the same Message-ID. Nothing
 * is sent of what is not true any more, or to who is no member any more. Rejects when the database cannot be asked.
 */
export async function sendNextNotice(mailing: Mailing): Promise<Attempt | undefined> {
  const { database, sender } = mailing
  const taken = await takeNextNotices(database)
  const [first] = taken
  if (first === undefined) return undefined
  const { id: noticeId, kind, attempts, createdAt } = first
  const ids = taken.map(({ id }) => id)
  const endsAt = Math.max(...taken.map((notice) => notice.endsAt))
  const finish = async (values: { dueAt: number | null; sentAt?: number; sealedLink?: null }) => {
    // Unless another server has taken them since.
    await database.kysely.updateTable('notice').set(values).where('id', 'in', ids).where('attempts', '=', attempts).execute()
  }
  const mail = await findMail(mailing, ids)
  if (mail === undefined) {
    await finish({ dueAt: null, sealedLink: null })
    return { outcome: 'needless', noticeId, kind }
  }
  try {
    await sender.send(mail)
  } catch (error) {
    const now = await readClock(database)
    const retryAt = now + retriesAfterMs[Math.min(attempts, retriesAfterMs.length) - 1]!
    const isOver = error instanceof MailRefusedError || retryAt >= Math.min(createdAt + givenUpAfterMs, endsAt)
    await finish(isOver ? { dueAt: null, sealedLink: null } : { dueAt: retryAt })
    return { outcome: isOver ? 'given_up' : 'failed', noticeId, kind, error }
  }
  await finish({ dueAt: null, sentAt: await readClock(database), sealedLink: null })
  return { outcome: 'sent', noticeId, kind }
}

/** Of the notices that are told in the mail that is due first, what is needed to send it; nobody else gets them before the lease ends. */
async function takeNextNotices({ kysely, clock }: Database) {
  for (;;) {
    const next = await kysely
      .selectFrom('notice')
      .select(['id', 'dueAt', 'attempts'])
      .select(clock().as('now'))
      .where('dueAt', '<=', clock())
      .orderBy('dueAt')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (next === undefined) return []
    const taken = await kysely.transaction().execute(async (transaction) => {
      const take = transaction
        .updateTable('notice')
        .set({ dueAt: next.now + leaseMs, attempts: next.attempts + 1 })
        .where('dueAt', '=', next.dueAt)
        .where('attempts', '=', next.attempts)
        .returning(['id', 'kind', 'userId', 'organizationId', 'attempts', 'createdAt', 'endsAt'])
      const first = await take.where('id', '=', next.id).executeTakeFirst()
      if (first?.kind !== 'key_expires') return first && [first]
      const { kind, userId, organizationId } = first
      const others = await take.where('kind', '=', kind).where('userId', '=', userId).where('organizationId', '=', organizationId).execute()
      return [first, ...others]
    })
    if (taken !== undefined) return taken
  }
}

/** The mail that tells notices, the first of which names it; undefined if there is no need, or nobody, to tell any more. */
async function findMail({ database, publicUrl, sessionSecret }: Mailing, noticeIds: readonly string[]): Promise<Mail | undefined> {
  const rows = await database.kysely
    .selectFrom('notice')
    .leftJoin('user', 'user.id', 'notice.userId')
    .leftJoin('organization', 'organization.id', 'notice.organizationId')
    .leftJoin('member', (join) =>
      join.onRef('member.userId', '=', 'notice.userId').onRef('member.organizationId', '=', 'notice.organizationId'),
    )
    .leftJoin('key', 'key.id', 'notice.keyId')
    .leftJoin('user as owner', 'owner.id', 'key.userId')
    .select(['notice.kind', 'notice.facts', 'notice.sealedLink', 'notice.createdAt', 'notice.endsAt', 'notice.email', 'notice.userId'])
    .select(['notice.organizationId', 'notice.keyId', 'user.name as userName', 'user.email as userEmail', 'member.id as memberId'])
    .select(['organization.name as organizationName', 'key.name as keyName', 'key.expiresAt', 'key.revokedAt', 'owner.name as ownerName'])
    .select(({ selectFrom }) =>
      selectFrom('secret').select('lastFour').whereRef('secret.keyId', '=', 'key.id').orderBy('number', 'desc').limit(1).as('lastFour'),
    )
    .select(database.clock().as('now'))
    .where('notice.id', 'in', noticeIds)
    .orderBy('notice.endsAt')
    .orderBy('notice.id')
    .execute()
  const needed = rows.filter((row) => {
    const isGone = row.userId !== null && row.organizationId !== null && row.memberId === null
    const key = row.keyName === null ? null : { expiresAt: row.expiresAt, revokedAt: row.revokedAt }
    const isPast = row.endsAt <= row.now || row.now - row.createdAt >= givenUpAfterMs
    return !isPast && !isGone && isStillTrue(row.kind, row.endsAt, key)
  })
  const [row] = needed
  const address = row?.userEmail ?? row?.email ?? null
  if (row === undefined || address === null) return undefined
  const notice = told(row)
  if (notice.kind === 'invitation' && !(await isPending(database, notice.facts.invitationId))) return undefined
  const link = row.sealedLink === null ? linkTo(publicUrl, row, needed.length > 1) : openLink(sessionSecret, row.sealedLink)
  if (link === undefined) return undefined
  const context = { recipientName: row.userName, organizationName: row.organizationName, link, publicUrl }
  const keys = needed.map(({ keyName, lastFour, ownerName, endsAt }) => ({
    ...{ name: keyName ?? '', lastFour: lastFour ?? '', ownerName, expiresAt: endsAt },
  }))
  const { subject, text } =
    needed.length > 1
      ? composeExpiries(keys, context)
      : composeMail(notice, { ...context, key: row.keyName === null ? null : keys[0]!, endsAt: row.endsAt })
  const messageId = `${noticeIds[0]}@${new URL(publicUrl).hostname}`
  return { messageId, to: { name: row.userName ?? '', address }, subject, text }
}

async function isPending({ kysely }: Database, invitationId: string): Promise<boolean> {
  return (await kysely.selectFrom('invitation').select('id').where('id', '=', invitationId).executeTakeFirst()) !== undefined
}

interface About {
  readonly organizationId: string | null
  readonly keyId: string | null
  readonly memberId: string | null
}

/** Opens what a notice is about, in its organization, whichever is the active one; with others, the keys of the member that expire. */
function linkTo(publicUrl: string, { organizationId, keyId, memberId }: About, withOthers: boolean): string {
  const which = withOthers ? `?member=${memberId}&expires=within-14-days` : keyId === null ? '' : `/${keyId}`
  return `${publicUrl}/organizations/${organizationId}/settings/api-keys${which}`
}

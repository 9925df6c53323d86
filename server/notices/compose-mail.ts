import type { Told } from './notice.ts'

/** What the words of all mails are made of. */
export interface MailFrame {
  /** Null where there is no account, or none is meant. */
  readonly recipientName: string | null
  readonly organizationName: string | null
  /** Where the mail leads. */
  readonly link: string
  readonly publicUrl: string
}

/** What a mail's words are made of, beside what the notice tells. */
export interface MailContext extends MailFrame {
  /** Null where the notice is about no single key. */
  readonly key: { readonly name: string; readonly lastFour: string; readonly ownerName: string | null } | null
  /** From when on the notice has no point: when the key or the link expires. Milliseconds since 1970. */
  readonly endsAt: number
}

export interface MailText {
  readonly subject: string
  readonly text: string
}

/** Why a key was revoked, in words. */
const reasonWords: Readonly<Record<string, string>> = {
  not_needed: 'it is not needed any more',
  exposed: 'it was exposed',
  replaced: 'it was replaced',
  left: 'who used it left',
  by_admin: 'an admin wants it so',
}

/** The subject and the text, plain, of a mail that tells a notice. */
export function composeMail(notice: Told, context: MailContext): MailText {
  return inFrame(words(notice, context), context)
}

interface Words {
  readonly subject: string
  /** The paragraphs between greeting and signature. */
  readonly lines: readonly string[]
}

/** A mail with greeting and signature. */
export function inFrame({ subject, lines }: Words, { recipientName, publicUrl }: MailFrame): MailText {
  const greeting = recipientName === null ? 'Hello,' : `Hello ${recipientName},`
  return { subject, text: `${[greeting, ...lines, `LeafPad, ${publicUrl}`].join('\n\n')}\n` }
}

function words(notice: Told, context: MailContext): Words {
  const { organizationName: organization, key, link, endsAt } = context
  const named = key === null ? '' : `API key “${key.name}” (…${key.lastFour})`
  const short = key === null ? '' : `API key “${key.name}”`
  switch (notice.kind) {
    case 'key_generated': {
      const { address } = notice.facts
      return {
        subject: `${short} was generated in ${organization}`,
        lines: [
          `The ${named} was generated in ${organization} with your account${address === null ? '' : `, from the address ${address}`}.`,
          `If that was you, there is nothing to do. If not, revoke the key and change your password:\n${link}`,
        ],
      }
    }
    case 'key_revoked':
      return {
        subject: `${short} in ${organization} was revoked`,
        lines: [
          `Your ${named} in ${organization} was revoked by ${notice.facts.by}. It is refused from now on.`,
          ...reasonLines(notice.facts),
          `Its history:\n${link}`,
        ],
      }
    case 'keys_revoked':
      return {
        subject: `${notice.facts.count} of your API keys in ${organization} were revoked`,
        lines: [
          `${notice.facts.count} of your API keys in ${organization} were revoked by ${notice.facts.by}. They are refused from now on.`,
          ...reasonLines(notice.facts),
          `Your keys:\n${link}`,
        ],
      }
    case 'key_exposed': {
      const others = key?.ownerName ? `${key.ownerName}’s` : 'The'
      return {
        subject: `${short} in ${organization} was leaked, and is revoked`,
        lines: [
          `${notice.facts.isOwn ? 'Your' : others} ${named} in ${organization} was reported as leaked: somebody found its secret where it should not be. It was revoked at once, and is refused from then on.`,
          'Look at its last requests for what is not yours, find out where the secret got out, and generate another key.',
          link,
        ],
      }
    }
    case 'key_expires':
      return {
        subject: `${short} in ${organization} expires on ${day(endsAt)}`,
        lines: [
          `Your ${named} in ${organization} expires on ${instant(endsAt)}. It is in use; from that moment on it is refused.`,
          `An expiry is not put off. Generate another key in time, and put its secret where this one’s is:\n${link}`,
        ],
      }
    case 'key_quota': {
      const { percent, quota } = notice.facts
      const requests = quota.toLocaleString('en-GB')
      return percent >= 100
        ? {
            subject: `${short} in ${organization} has used up the requests of today`,
            lines: [
              `Your ${named} in ${organization} has made the ${requests} requests that it may make in a day. More are refused until ${instant(endsAt)}.`,
              `Its use:\n${link}`,
            ],
          }
        : {
            subject: `${short} in ${organization} has used ${percent} % of the requests of today`,
            lines: [
              `Your ${named} in ${organization} has made ${percent} % of the ${requests} requests that it may make in a day. Those of the next day begin at ${instant(endsAt)}.`,
              `Its use:\n${link}`,
            ],
          }
    }
    case 'invitation':
      return {
        subject: `${notice.facts.inviter} invites you to ${organization}`,
        lines: [
          `${notice.facts.inviter} invites you to the organization ${organization} on LeafPad, as ${/^[aeiou]/.test(notice.facts.role) ? 'an' : 'a'} ${notice.facts.role}. This link lets you in until ${instant(endsAt)}:\n${link}`,
          'It works for this e-mail address alone. If you expect no such invitation, leave it be.',
        ],
      }
    case 'password_reset':
      return {
        subject: 'Set a new password for LeafPad',
        lines: [
          `Somebody, most likely you, has asked for a new password of your account. This link sets one, once, until ${instant(endsAt)}:\n${link}`,
          'If it was not you, leave it be: your password stays as it is.',
        ],
      }
  }
}

function reasonLines({ reason, note }: { readonly reason: string | null; readonly note: string | null }): string[] {
  const said = [reason === null ? undefined : reasonWords[reason], note].filter((words) => words !== undefined && words !== null)
  return said.length === 0 ? [] : [`The reason: ${said.join('; ')}.`]
}

function day(ms: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(ms)
}

/** A moment as mails have it: `31 January 2026, 12:00 UTC`. */
export function instant(ms: number): string {
  return `${day(ms)}, ${new Date(ms).toISOString().slice(11, 16)} UTC`
}

import { inFrame, instant, type MailFrame, type MailText } from './compose-mail.ts'

export interface ExpiringKey {
  readonly name: string
  readonly lastFour: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** So many are named in a mail; the rest are where its link leads. */
const maxNamed = 50

/** A mail that warns of several keys of a member at once, the next to expire first. */
export function composeExpiries(keys: readonly ExpiringKey[], frame: MailFrame): MailText {
  const named = keys.slice(0, maxNamed).map(({ name, lastFour, expiresAt }) => `- “${name}” (…${lastFour}): ${instant(expiresAt)}`)
  const more = keys.length - named.length
  if (more > 0) named.push(`- and ${more} more`)
  const subject = `${keys.length} of your API keys in ${frame.organizationName} expire soon`
  return inFrame(
    {
      subject,
      lines: [
        `${subject}. They are in use; each is refused from its moment on:`,
        named.join('\n'),
        `An expiry is not put off. Generate other keys in time, and put their secrets where these ones’ are:\n${frame.link}`,
      ],
    },
    frame,
  )
}

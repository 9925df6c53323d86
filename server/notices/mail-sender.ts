/** A mail to one person. */
export interface Mail {
  /** The same each time it is sent, so that one that arrives twice is seen to be one: `ntc_…@leafpad.example.com` (RFC 5322, section 3.6.4). */
  readonly messageId: string
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
}

/** Whatever takes mails and sees to their delivery. */
export interface MailSender {
  /**
   * Resolves once the mail is the server's to deliver. Rejects with MailRefusedError if it will never take it, with another error if it
   * makes sense to try again.
   */
  send(mail: Mail): Promise<void>
}

/** The mail server will not take this mail, ever. */
export class MailRefusedError extends Error {
  override name = 'MailRefusedError'
}

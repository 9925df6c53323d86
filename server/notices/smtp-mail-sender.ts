import type { Mail, MailSender } from './mail-sender.ts'
import { MailRefusedError } from './mail-sender.ts'

export interface SmtpOptions {
  /** `smtp://user:password@host:587`, or `smtps://…` */
  readonly url: string
  /** Who the mails are from: `LeafPad <leafpad@example.com>` */
  readonly from: string
}

/** What sending one mail may take, all in all. */
export const sendTimeoutMs = 60_000

/** What the server may take for an answer. */
const answerTimeoutMs = 20_000

/**
 * Sends by an SMTP server, over a connection a mail. With a password the connection is encrypted or there is none, unless it stays within
 * this machine; without one it is where the server can. Errors have what the server answered, the password left out.
 */
export function createSmtpMailSender({ url, from }: SmtpOptions): MailSender {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const auth = username === '' ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  return {
    async send(mail: Mail) {
      // Only who sends mails loads what that takes.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        ...{ host, secure, auth, port: port === '' ? (secure ? 465 : 587) : Number(port) },
        requireTLS: auth !== undefined && !isLoopback(host),
        // Nobody stands between, and what serves a machine alone has seldom a certificate that others know.
        ...(isLoopback(host) && { tls: { rejectUnauthorized: false } }),
        ...{ connectionTimeout: answerTimeoutMs, greetingTimeout: answerTimeoutMs, socketTimeout: answerTimeoutMs },
        // A mail has no reason to read a file or fetch anything.
        ...{ disableFileAccess: true, disableUrlAccess: true },
      })
      try {
        await transport.sendMail({
          ...{ from, to: mail.to, subject: mail.subject, text: mail.text, messageId: `<${mail.messageId}>` },
          // So that no absence note answers it (RFC 3834, section 5).
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(sendTimeoutMs),
        })
      } catch (error) {
        throw explain(error, auth?.pass)
      } finally {
        transport.close()
      }
    },
  }
}

/** A refusal of the recipient or the text for good, as the server said it (RFC 5321, section 4.2.1), or else the failure. */
function explain(error: unknown, password: string | undefined): Error {
  const { code, responseCode, message } = error as Error & { code?: string; responseCode?: number }
  const text = password ? message.replaceAll(password, '…').replaceAll(Buffer.from(password).toString('base64'), '…') : message
  const isForGood = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500
  return isForGood ? new MailRefusedError(text) : Object.assign(new Error(text), { name: 'MailError', code })
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.[\d.]+|::1)$/.test(host)
}

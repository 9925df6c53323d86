import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail as it arrived. */
export interface ArrivedMail {
  /** `<…>` */
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly headers: ReadonlyMap<string, string>
  /** Whether it came over an encrypted connection. */
  readonly secure: boolean
  /** As it came, encodings and all. */
  readonly raw: string
}

export interface TestMailServer {
  /** `smtp://127.0.0.1:…`, with what it takes to sign in if anything does. */
  readonly url: string
  readonly mails: ArrivedMail[]
  /** What is answered instead of taking mails, such as `[550, 'no such user']`; undefined: they are taken. */
  refusal: { readonly at: 'recipient' | 'data'; readonly code: number; readonly text: string } | undefined
  /** Whether it hangs up where it should say that it has taken a mail. */
  hangsUp: boolean
  /** Resolves once so many mails have arrived; rejects after a minute without. */
  until(count: number): Promise<void>
}

/**
 * A real SMTP server on the loopback, gone after the test.
 * @param password of the user leafpad, who must sign in; default: nobody need
 * @param encrypts whether it offers TLS; default: it does not
 */
export async function openMailServer(
  t: Pick<TestContext, 'after'>,
  { password, encrypts = false }: { readonly password?: string; readonly encrypts?: boolean } = {},
): Promise<TestMailServer> {
  const waiting: { readonly count: number; resolve(): void }[] = []
  const server = new SMTPServer({
    authOptional: password === undefined,
    // With a certificate that nobody knows.
    disabledCommands: encrypts ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password: sent }, _session, callback) =>
      username === 'leafpad' && sent === password ? callback(null, { user: username }) : callback(new Error(`wrong password ${sent}`)),
    onRcptTo: (_address, _session, callback) => callback(refusalAt('recipient')),
    onData(stream, session, callback) {
      void (async () => {
        const raw = (await buffer(stream)).toString()
        const refused = refusalAt('data')
        if (refused !== undefined) return callback(refused)
        const { messageId, from, to, subject, text, headers } = await PostalMime.parse(raw)
        mail.mails.push({
          ...{
            messageId: messageId ?? '',
            from: from?.address ?? '',
            to: to?.[0]?.address ?? '',
            subject: subject ?? '',
            text: text ?? '',
          },
          ...{ headers: new Map(headers.map(({ key, value }) => [key, value])), secure: session.secure, raw },
        })
        for (const { count, resolve } of waiting) if (mail.mails.length >= count) resolve()
        if (mail.hangsUp) for (const connection of server.connections) connection._socket.destroy()
        else callback()
      })()
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((resolve) => server.close(resolve)))

  function refusalAt(at: 'recipient' | 'data'): Error | undefined {
    const { refusal } = mail
    return refusal?.at === at ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : undefined
  }

  const { port } = server.server.address() as AddressInfo
  const signIn = password === undefined ? '' : `leafpad:${encodeURIComponent(password)}@`
  const mail: TestMailServer = {
    url: `smtp://${signIn}127.0.0.1:${port}`,
    mails: [],
    refusal: undefined,
    hangsUp: false,
    async until(count) {
      if (mail.mails.length >= count) return
      let timer: NodeJS.Timeout | undefined
      const came = new Promise<void>((resolve) => waiting.push({ count, resolve }))
      const late = new Promise<never>((_, reject) => {
        const subjects = () => mail.mails.map(({ subject }) => subject).join(', ')
        timer = setTimeout(() => reject(new Error(`of ${count} mails there are ${mail.mails.length}: ${subjects()}`)), 60_000)
      })
      await Promise.race([came, late]).finally(() => clearTimeout(timer))
    },
  }
  return mail
}

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { openMailServer } from '../testing/mail-server.ts'
import { MailRefusedError } from './mail-sender.ts'
import { createSmtpMailSender } from './smtp-mail-sender.ts'

const from = 'LeafPad <leafpad@example.test>'

const mail = {
  messageId: 'ntc_1@leafpad.example.test',
  to: { name: 'Zoë "Z" <b@evil.test>, Ünal', address: 'ada@example.test' },
  subject: 'API key “CI – 夜” in Acme & Söhne was revoked',
  text: 'Hello Zoë,\n\nA line of 夜.\n.\nA line that is a dot was before this one.\n',
}

const failure = (promise: Promise<void>): Promise<Error> =>
  promise.then(
    () => assert.fail('it was sent'),
    (error) => error,
  )

describe('the SMTP sender', () => {
  it('hands a mail over as it is: one recipient, text, subject and Message-ID, marked as written by a machine', async (t) => {
    const server = await openMailServer(t)
    await createSmtpMailSender({ url: server.url, from }).send(mail)
    const [arrived, ...more] = server.mails
    assert.deepEqual(more, [])
    const { messageId, to, subject, text } = arrived!
    assert.deepEqual(
      { messageId, to, subject, text: text.trimEnd() },
      { messageId: `<${mail.messageId}>`, to: mail.to.address, subject: mail.subject, text: mail.text.trimEnd() },
    )
    assert.equal(arrived!.from, 'leafpad@example.test')
    assert.equal(arrived!.headers.get('auto-submitted'), 'auto-generated')
    assert.equal(arrived!.headers.get('bcc') ?? arrived!.headers.get('cc'), undefined)
  })

  it('signs in, and has no line of the name or the subject become a header', async (t) => {
    const server = await openMailServer(t, { password: 'p@ss/wörd' })
    const hostile = { ...mail, to: { ...mail.to, name: 'Ada\r\nBcc: eve@example.test' }, subject: 'A\r\nBcc: eve@example.test' }
    await createSmtpMailSender({ url: server.url, from }).send(hostile)
    assert.equal(server.mails[0]!.headers.has('bcc'), false)
    assert.equal(server.mails.length, 1)
  })

  it('says that a mail is refused for good where it is, and otherwise that it makes sense to try again', async (t) => {
    const server = await openMailServer(t)
    const sender = createSmtpMailSender({ url: server.url, from })
    for (const at of ['recipient', 'data'] as const) {
      server.refusal = { at, code: 550, text: '5.1.1 no such user' }
      const refused = await failure(sender.send(mail))
      assert.ok(refused instanceof MailRefusedError)
      assert.match(refused.message, /no such user/)
      server.refusal = { at, code: 451, text: '4.7.1 greylisted, try again' }
      const later = await failure(sender.send(mail))
      assert.ok(!(later instanceof MailRefusedError))
      assert.match(later.message, /greylisted/)
    }
    assert.deepEqual(server.mails, [])
  })

  it('does not send a password over a connection that is not encrypted, save within this machine', async (t) => {
    const server = await openMailServer(t, { password: 'the-password-of-the-mail-server' })
    const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
    const error = await failure(createSmtpMailSender({ url: elsewhere, from }).send(mail))
    assert.match(error.message, /TLS/)
    assert.deepEqual(server.mails, [])
    await createSmtpMailSender({ url: server.url, from }).send(mail)
    assert.equal(server.mails.length, 1)
  })

  it('encrypts where the mail server can, within this machine with a certificate that nobody knows, and elsewhere with none such', async (t) => {
    const server = await openMailServer(t, { password: 'the-password', encrypts: true })
    await createSmtpMailSender({ url: server.url, from }).send(mail)
    assert.deepEqual(
      server.mails.map(({ secure }) => secure),
      [true],
    )
    const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
    const error = await failure(createSmtpMailSender({ url: elsewhere, from }).send(mail))
    assert.match(error.message, /certificate|Hostname/i)
    assert.equal(server.mails.length, 1)
  })

  it('tells nothing of the password when it is wrong, though the server repeats it', async (t) => {
    const server = await openMailServer(t, { password: 'the right one' })
    const password = 'wrong-and-still-secret'
    const url = server.url.replace(/:[^:@]*@/, `:${password}@`)
    const error = await failure(createSmtpMailSender({ url, from }).send(mail))
    assert.ok(!(error instanceof MailRefusedError))
    assert.match(error.message, /Invalid login/)
    for (const part of [password, Buffer.from(password).toString('base64')]) assert.ok(!`${error.stack}`.includes(part))
  })

  it('fails, to be tried again, where nobody listens', async () => {
    const listening = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listening.once('listening', resolve))
    const { port } = listening.address() as { port: number }
    await new Promise((resolve) => listening.close(resolve))
    const error = await failure(createSmtpMailSender({ url: `smtp://127.0.0.1:${port}`, from }).send(mail))
    assert.equal((error as Error & { code?: string }).code, 'ESOCKET')
  })
})

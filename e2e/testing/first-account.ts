const json = { 'content-type': 'application/json' }

export interface FirstAccount {
  /** Value of a Cookie header. */
  readonly cookie: string
  readonly organizationId: string
  /** Generates a key for the organization. */
  generateKey(): Promise<{ readonly keyId: string; readonly secret: string }>
}

/** Makes the first account by the token of the set-up link, as the dashboard does. */
export async function makeFirstAccount(url: string, origin: string, token: string): Promise<FirstAccount> {
  const dashboard = `${url}/api/dashboard/v1`
  let cookie = ''
  async function ask(method: string, path: string, body?: object) {
    const answer = await fetch(`${dashboard}${path}`, {
      method,
      headers: { ...(body && json), origin, cookie },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`)
    return answer
  }
  const account = { name: 'Ada', email: 'ada@example.com', password: 'a-long-password', organizationName: 'Acme' }
  cookie = (await ask('POST', '/set-up', { token, ...account })).headers.getSetCookie()[0]!.split(';')[0]!
  const session = (await (await ask('GET', '/session')).json()) as { organization: { id: string } }
  return {
    cookie,
    organizationId: session.organization.id,
    async generateKey() {
      const answer = await ask('POST', '/keys', { name: 'CI', organizationId: session.organization.id })
      const { key, secret } = (await answer.json()) as { key: { id: string }; secret: string }
      return { keyId: key.id, secret }
    },
  }
}

import { Card } from '../design/card.tsx'

const topics = [
  {
    title: 'Who a key is',
    text: 'A key is you, in one organization. It may do what your role there allows at the moment of each request. A lower role narrows it at once; leaving the organization ends it, and coming back does not revive it.',
  },
  {
    title: 'How long it lasts',
    text: 'Past its expiry a key is refused, by the clock of the server’s database. You can bring an expiry forward, never put it off: generate a new key, move over, then revoke the old one.',
  },
  {
    title: 'How much it may do',
    text: 'Each key has its own number of requests a day, and the day begins at 00:00 UTC. What is let in counts as one; what is refused costs nothing. Every answer says how many are left.',
  },
  {
    title: 'How to end it',
    text: 'Revoking takes effect with the answer: no request that begins later is let in, on any server. Revoke first and look into it afterwards when a key may have leaked. For a new secret without a break, rotate it on its page.',
  },
  {
    title: 'How to keep it safe',
    text: 'One key for each place that needs one, named after it. Keep secrets in a secret store or the environment, never in code, chats, addresses or logs. A key with a near expiry is the one you do not have to remember.',
  },
  {
    title: 'What to look at',
    text: 'Last used tells when and from which address. A key that is never used, or used from where you do not know, is one to revoke.',
  },
]

export function KeysHelp() {
  return (
    <Card title="About API keys">
      <dl className="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
        {topics.map(({ title, text }) => (
          <div key={title} className="grid content-start gap-1">
            <dt className="font-medium">{title}</dt>
            <dd className="text-soft">{text}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

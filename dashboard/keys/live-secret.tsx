import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { Fact, Facts } from '../design/facts.tsx'
import { Instant, relativeText } from '../design/instant.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { ExactInstant } from './exact-instant.tsx'
import type { Key, Secret } from './key.ts'
import { askKey, keyHint } from './keys-query.ts'
import { LastUse } from './last-use.tsx'
import { secretEnd } from './secret-end.ts'
import { useKeyChange } from './use-key-change.ts'
import { useNow } from './use-now.ts'

export interface LiveSecretProps {
  readonly of: Key
  readonly secret: Secret
  /** It was rotated away from, and can be ended. */
  readonly isOld: boolean
  /** Once the server has acknowledged that it has ended, by this press or earlier. */
  readonly onEnded: (secret: Secret) => void
}

export function LiveSecret({ of: key, secret, isOld, onEnded }: LiveSecretProps) {
  const end = useKeyChange(
    (organization) => askKey(organization, 'POST', key.id, { action: `/secrets/${secret.number}/end` }),
    () => onEnded(secret),
  )
  const hint = keyHint(secret)
  const live = key.status === 'active'
  return (
    <li className="grid gap-3 rounded-md border border-line p-4" aria-label={hint}>
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-mono font-medium">{hint}</span>
          {isOld ? <Badge tone="warning">Old</Badge> : <Badge tone={live ? 'good' : 'neutral'}>Newest</Badge>}
        </p>
        {isOld && live && (
          <Button variant="secondary" size="small" aria-label={`End now: ${hint}`} busy={end.isPending} onClick={() => end.mutate()}>
            End now
          </Button>
        )}
      </div>
      <Facts>
        <Fact label="Last used">
          <LastUse of={secret} />
        </Fact>
        <Fact label="Created">
          <Instant past at={secret.createdAt} />
        </Fact>
        <End of={key} secret={secret} isOld={isOld} />
      </Facts>
      <ErrorNotice error={end.error} />
    </li>
  )
}

function End({ of: key, secret, isOld }: Pick<LiveSecretProps, 'of' | 'secret' | 'isOld'>) {
  // Drawn anew as time passes, but of now: what is told may be younger than the last time.
  useNow()
  const at = secretEnd(key, secret)
  if (key.status !== 'active') return <Fact label="Ends">With the key</Fact>
  if (at === undefined)
    return <Fact label="Ends">{isOld ? 'When it is ended here' : <span className="text-soft">Never by itself</span>}</Fact>
  const withKey = secret.endsAt === null || at.getTime() < Date.parse(secret.endsAt)
  const words = relativeText(at, new Date())
  return (
    <Fact label="Ends" wide>
      {withKey ? `With the key, ${words}` : <span className="inline-block first-letter:uppercase">{words}</span>}
      <span className="block text-[0.8125rem] text-soft">
        <ExactInstant at={at} />
      </span>
    </Fact>
  )
}

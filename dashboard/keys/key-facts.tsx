import { Card } from '../design/card.tsx'
import { Fact, Facts } from '../design/facts.tsx'
import { Instant } from '../design/instant.tsx'
import type { Key } from './key.ts'
import { KeyBadge } from './key-badge.tsx'
import { KeyLimits } from './key-limits.tsx'
import { LastUse } from './last-use.tsx'
import { useNow } from './use-now.ts'
import { UsedToday } from './used-today.tsx'
import { WhyRefused } from './why-refused.tsx'

/** What the list tells of a key, with more room. */
export function KeyFacts({ shownKey: key }: { readonly shownKey: Key }) {
  const now = useNow()
  const { id, status, owner, createdAt, expiresAt, revokedAt, revokedBy } = key
  return (
    <Card title="Overview">
      <Facts>
        <Fact label="Status">
          <KeyBadge status={status} expiresAt={expiresAt} now={now} />
          <WhyRefused shownKey={key} />
        </Fact>
        {revokedAt !== null && (
          <Fact label="Revoked">
            <Instant past at={revokedAt} />
            {revokedBy !== null && (
              <>
                {' '}
                by <bdi>{revokedBy.name ?? 'a deleted account'}</bdi>
              </>
            )}
          </Fact>
        )}
        <Fact label="Owner">
          <bdi>{owner.name ?? 'Account deleted'}</bdi>
        </Fact>
        <Fact label="Created">
          <Instant at={createdAt} as="date" />
        </Fact>
        <Fact label="Expires">{expiresAt === null ? <span className="text-soft">Never</span> : <Instant at={expiresAt} as="date" />}</Fact>
        {(key.permissions !== null || key.networks !== null) && (
          <Fact label="Limited to">
            <KeyLimits shownKey={key} />
          </Fact>
        )}
        <Fact label="Last used">
          <LastUse of={key} />
        </Fact>
        <Fact label="Today">
          <UsedToday shownKey={key} />
        </Fact>
        <Fact label="Id">
          <span className="font-mono text-[0.8125rem]">{id}</span>
        </Fact>
      </Facts>
    </Card>
  )
}

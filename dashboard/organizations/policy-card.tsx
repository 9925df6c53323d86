import { useQuery } from '@tanstack/react-query'
import { Card } from '../design/card.tsx'
import { Spinner } from '../design/spinner.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { type Policy, policyQuery } from '../policy-query.ts'
import { useOrganization } from '../session.ts'
import { daysText } from './policy-changes.ts'
import { PolicyForm } from './policy-form.tsx'
import { aRole, mayChangePolicy } from './roles.ts'

/** What all keys of the organization are held to: to be changed by who may, to be read by everyone. */
export function PolicyCard() {
  const organization = useOrganization()
  const { data: policy, error, isPending, refetch } = useQuery(policyQuery(organization))
  return (
    <Card
      title="API key policy"
      description="What every API key of the organization is held to, whoever generated it and whenever. Each request is decided by the policy of that moment."
    >
      {isPending && <Spinner label="Loading the policy …" />}
      <ErrorNotice error={error} onRetry={refetch} />
      {policy !== undefined &&
        (mayChangePolicy(organization.role) ? (
          <PolicyForm policy={policy} />
        ) : (
          <div className="grid gap-4">
            <PolicyList policy={policy} />
            <p className="text-[0.8125rem] text-soft">As {aRole(organization.role)} you can read it. Owners and admins change it.</p>
          </div>
        ))}
    </Card>
  )
}

function PolicyList({ policy }: { readonly policy: Policy }) {
  const { maxLifetimeDays, needsExpiry, maxIdleDays, maxLiveKeysPerMember, networks } = policy
  const rules = [
    ['Longest lifetime', maxLifetimeDays === null ? 'As long as they like' : daysText(maxLifetimeDays)],
    ['Must expire', needsExpiry || maxLifetimeDays !== null ? 'Yes' : 'No'],
    ['Blocked without use', maxIdleDays === null ? 'Never' : `After ${daysText(maxIdleDays)}`],
    ['Live keys a member', maxLiveKeysPerMember === null ? 'As many as the server allows' : `${maxLiveKeysPerMember} at most`],
  ] as const
  return (
    <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] sm:grid-cols-[9rem_minmax(0,1fr)] gap-x-4 gap-y-2">
      {rules.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <dt className="text-soft">Used from</dt>
      <dd>
        {networks === null ? (
          'Anywhere'
        ) : (
          <ul className="font-mono text-[0.8125rem]">
            {networks.map((network) => (
              <li key={network}>{network}</li>
            ))}
          </ul>
        )}
      </dd>
    </dl>
  )
}

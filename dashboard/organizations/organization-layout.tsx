import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useHeld } from '../hold.ts'
import { part } from '../part.tsx'
import { ShownOrganization, useSession } from '../session.ts'
import { useFollowMembership } from './use-follow-membership.ts'
import { useTellSwitch } from './use-tell-switch.tsx'

/** Apart from the page, which most see without. */
const ChooseOrganization = part(async () => (await import('./choose-organization.tsx')).ChooseOrganization)

/** Pages about the active organization; while there is none, the choice of one. */
export function OrganizationLayout() {
  const { organization: active } = useSession()
  const [last, setLast] = useState(active)
  const held = useHeld()
  useFollowMembership()
  useTellSwitch()
  const shown = held && active?.id !== last?.id ? last : active
  if (shown !== null && shown !== last) setLast(shown)
  if (shown === null) {
    return <ChooseOrganization lost={last} />
  }
  return (
    <ShownOrganization value={shown}>
      {/* Nothing of a page outlives the organization it was about. */}
      <Outlet key={shown.id} />
    </ShownOrganization>
  )
}

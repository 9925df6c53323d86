import { useInfiniteQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useRef } from 'react'
import { Badge } from '../design/badge.tsx'
import { Button } from '../design/button.tsx'
import { Instant } from '../design/instant.tsx'
import { PageHeader } from '../design/page-header.tsx'
import { ShowMore } from '../design/show-more.tsx'
import { Spinner } from '../design/spinner.tsx'
import { Table, TableCell, TableRow } from '../design/table.tsx'
import { useOpened } from '../design/use-opened.ts'
import { ErrorNotice } from '../error-notice.tsx'
import { usePageTitle } from '../page-title.ts'
import { useOrganization, useSession } from '../session.ts'
import { ChangeRoleDialog } from './change-role-dialog.tsx'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { type Member, membersQuery } from './members-query.ts'
import { RemoveMemberDialog } from './remove-member-dialog.tsx'
import { RevokeKeysDialog } from './revoke-keys-dialog.tsx'
import { mayChange, mayManageMembers, roleLabel } from './roles.ts'

const columns = [{ label: 'Member' }, { label: 'Role' }, { label: 'Joined' }, { label: 'Actions', hidden: true }]

interface Wanted {
  readonly what: 'change' | 'remove' | 'revoke' | 'leave'
  readonly member: Member
}

export function MembersPage() {
  usePageTitle('Members')
  const organization = useOrganization()
  const { user } = useSession()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    membersQuery(organization.id),
  )
  const { opened, open, close } = useOpened<Wanted>()
  const inviting = useOpened<null>()
  const heading = useRef<HTMLHeadingElement>(null)
  const members = data?.pages.flatMap((page) => page.members) ?? []
  const mayManage = mayManageMembers(organization.role)
  const dialog = opened && { member: opened.subject.member, open: opened.isOpen, onClose: close }
  return (
    <>
      <PageHeader
        title="Members"
        description="Who is in the organization, and what each may do. A key never does more than the one who made it may at that moment."
        actions={
          mayManage && (
            <Button onClick={() => inviting.open(null)}>
              <UserPlus className="size-4" aria-hidden="true" />
              Invite a member
            </Button>
          )
        }
      />
      <div className="grid gap-8">
        <section aria-labelledby="members" className="grid gap-3">
          <h2 id="members" ref={heading} tabIndex={-1} className="sr-only">
            Members
          </h2>
          {isPending && <Spinner label="Loading the members …" />}
          <ErrorNotice error={error} onRetry={refetch} />
          {members.length > 0 && (
            <Table label="Members" columns={columns}>
              {members.map((member) => (
                <MemberRow key={member.id} member={member} isOwn={member.userId === user.id} onWant={(what) => open({ what, member })} />
              ))}
            </Table>
          )}
          <ShowMore hasMore={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
        </section>
        {mayManage && <Invitations />}
      </div>
      {inviting.opened !== undefined && <InviteDialog key={inviting.opened.key} open={inviting.opened.isOpen} onClose={inviting.close} />}
      {dialog && opened.subject.what === 'change' && <ChangeRoleDialog key={opened.key} {...dialog} />}
      {dialog && opened.subject.what === 'remove' && <RemoveMemberDialog key={opened.key} {...dialog} fallback={() => heading.current} />}
      {dialog && opened.subject.what === 'revoke' && <RevokeKeysDialog key={opened.key} {...dialog} />}
      {dialog && opened.subject.what === 'leave' && <LeaveDialog key={opened.key} {...dialog} />}
    </>
  )
}

interface MemberRowProps {
  readonly member: Member
  readonly isOwn: boolean
  readonly onWant: (what: Wanted['what']) => void
}

function MemberRow({ member, isOwn, onWant }: MemberRowProps) {
  const { role } = useOrganization()
  const mayBeChanged = mayChange(role, member.role)
  return (
    <TableRow>
      <TableCell>
        <div className="grid">
          <span className="font-medium">
            <bdi>{member.name}</bdi>
            {isOwn && <span className="font-normal text-soft"> (you)</span>}
          </span>
          <bdi className="text-[0.8125rem] text-soft">{member.email}</bdi>
        </div>
      </TableCell>
      <TableCell label="Role">
        <Badge tone={member.role === 'owner' ? 'good' : 'neutral'}>{roleLabel(member.role)}</Badge>
      </TableCell>
      <TableCell label="Joined">
        <Instant at={member.createdAt} as="date" />
      </TableCell>
      <TableCell end>
        <div className="flex flex-wrap gap-1 max-sm:-mx-3 sm:flex-nowrap sm:justify-end">
          {mayBeChanged && (
            <Button
              variant="quiet"
              size="small"
              aria-label={`Change role of ${isOwn ? 'yours' : member.name}`}
              onClick={() => onWant('change')}
            >
              Change role
            </Button>
          )}
          {mayManageMembers(role) && (
            <Button
              variant="danger-quiet"
              size="small"
              aria-label={`Revoke all keys of ${isOwn ? 'yours' : member.name}`}
              onClick={() => onWant('revoke')}
            >
              Revoke all keys
            </Button>
          )}
          {isOwn && (
            <Button variant="danger-quiet" size="small" onClick={() => onWant('leave')}>
              Leave
            </Button>
          )}
          {!isOwn && mayBeChanged && (
            <Button variant="danger-quiet" size="small" aria-label={`Remove ${member.name}`} onClick={() => onWant('remove')}>
              Remove
            </Button>
          )}
        </div>
      </TableCell>
    </TableRow>
  )
}

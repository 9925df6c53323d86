import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronsUpDown, Plus } from 'lucide-react'
import { useEffect } from 'react'
import { buttonClass } from '../design/button.tsx'
import { classNames } from '../design/class-names.ts'
import { Menu, MenuChoice, MenuLink, MenuSeparator } from '../design/menu.tsx'
import { tellDone } from '../design/toast.tsx'
import { useSession } from '../session.ts'
import { organizationsQuery, useActivateOrganization } from './organizations-query.ts'

/** Shows the organization one works in, and changes it. */
export function OrganizationSwitcher() {
  const { organization } = useSession()
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(organizationsQuery)
  const activate = useActivateOrganization()
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  const organizations = data?.pages.flatMap((page) => page.organizations) ?? []
  const shown = organization?.name ?? 'No organization'
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Organization: ${shown}`}
          className={classNames(buttonClass('secondary', 'small'), 'max-w-full min-w-0 sm:max-w-64')}
        >
          <bdi className="min-w-0 truncate">{shown}</bdi>
          <ChevronsUpDown className="size-4 shrink-0 text-soft" aria-hidden="true" />
        </button>
      }
    >
      {organizations.length > 0 && (
        <MenuChoice
          label="Organization"
          value={organization?.id ?? ''}
          onValueChange={(id) => {
            if (id === organization?.id) return
            activate.mutate(id, {
              onSuccess: ({ organization }) =>
                tellDone(
                  <>
                    You work in <bdi>{organization.name}</bdi> now.
                  </>,
                ),
              onError: (error) => tellDone(error.message),
            })
          }}
          options={organizations.map(({ id, name }) => ({ value: id, label: <bdi>{name}</bdi> }))}
        />
      )}
      <MenuSeparator />
      <MenuLink link={<Link to="/organizations/new" />}>
        <Plus className="size-4" aria-hidden="true" />
        New organization
      </MenuLink>
    </Menu>
  )
}

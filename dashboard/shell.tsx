import { Dialog } from '@base-ui/react/dialog'
import { useMutation } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { BookOpen, Building2, CircleUserRound, History, KeyRound, LogOut, Menu as MenuIcon, Users, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { ask, dashboardApi } from './api.ts'
import { buttonClass } from './design/button.tsx'
import { classNames } from './design/class-names.ts'
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from './design/menu.tsx'
import { SkipLink } from './design/skip-link.tsx'
import { useTheme } from './design/theme.ts'
import { tellDone } from './design/toast.tsx'
import { WithinShell } from './error-page.tsx'
import leaf from './leaf.svg'
import { OrganizationSwitcher } from './organizations/organization-switcher.tsx'
import { part } from './part.tsx'
import { useSession } from './session.ts'
import { useLeave } from './sign-in/use-enter.ts'

/** Apart from the page, which most see without. */
const Notices = part(async () => (await import('./notices/notices.tsx')).Notices)

const places = [
  { title: undefined, links: [{ to: '/knowledge-base', label: 'Knowledge base', Icon: BookOpen }] },
  {
    title: 'Settings',
    links: [
      { to: '/settings/api-keys', label: 'API Keys', Icon: KeyRound },
      { to: '/settings/members', label: 'Members', Icon: Users },
      { to: '/settings/organization', label: 'Organization', Icon: Building2 },
      { to: '/settings/audit', label: 'Audit log', Icon: History, isForAdmins: true },
    ],
  },
] as const

/** What is around every page of who is signed in. */
export function Shell() {
  const { pathname } = useLocation()
  const { notices } = useSession()
  const main = useRef<HTMLElement>(null)
  const shown = useRef(pathname)
  useEffect(() => {
    // Whoever cannot see that the page has changed is taken to the new one.
    if (shown.current !== pathname) main.current?.focus({ preventScroll: true })
    shown.current = pathname
  }, [pathname])
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_1fr]">
      <SkipLink target="content" />
      <header className="sticky top-0 z-30 border-b border-line bg-surface">
        <div className="mx-auto flex h-14 max-w-7xl items-center gap-2 px-3 sm:gap-3 sm:px-6">
          <MobileMenu pathname={pathname} />
          <Link to="/" className="flex shrink-0 items-center gap-2 rounded-md font-semibold" aria-label="LeafPad, to the start">
            <img src={leaf} alt="" className="size-7" />
            <span className="max-sm:hidden">LeafPad</span>
          </Link>
          <div className="contained -mx-1 flex min-w-0 flex-1 px-1">
            <OrganizationSwitcher />
          </div>
          <UserMenu />
        </div>
      </header>
      <div className="mx-auto grid w-full max-w-7xl grid-cols-1 gap-8 px-4 sm:px-6 lg:grid-cols-[12rem_minmax(0,1fr)]">
        <div className="max-lg:hidden">
          <div className="sticky top-14 py-7">
            <Places />
          </div>
        </div>
        <main id="content" ref={main} tabIndex={-1} className="contained -mx-1 min-w-0 px-1 py-6 sm:py-8">
          {notices > 0 && <Notices />}
          <WithinShell value={true}>
            <Outlet />
          </WithinShell>
        </main>
      </div>
    </div>
  )
}

function Places() {
  const role = useSession().organization?.role
  const isAdmin = role === 'owner' || role === 'admin'
  return (
    <nav aria-label="Main" className="grid gap-5">
      {places.map(({ title, links }) => (
        <div key={title ?? 'top'} className="grid gap-1">
          {title !== undefined && <p className="px-3 text-xs font-medium text-soft">{title}</p>}
          <ul className="grid gap-0.5">
            {links.map(
              ({ to, label, Icon, ...link }) =>
                (isAdmin || !('isForAdmins' in link)) && (
                  <li key={to}>
                    <Link
                      to={to}
                      className="flex min-h-9 items-center gap-2.5 rounded-md px-3 hover:bg-hover pointer-coarse:min-h-11"
                      activeProps={{ className: 'bg-accent-soft font-medium text-accent-ink' }}
                    >
                      <Icon className="size-4" aria-hidden="true" />
                      {label}
                    </Link>
                  </li>
                ),
            )}
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** The same places where there is no room for them beside the page. */
function MobileMenu({ pathname }: { readonly pathname: string }) {
  const [openAt, setOpenAt] = useState<string>()
  return (
    <Dialog.Root open={openAt === pathname} onOpenChange={(open) => setOpenAt(open ? pathname : undefined)}>
      <Dialog.Trigger aria-label="Menu" className={classNames(buttonClass('quiet', 'icon'), 'shrink-0 lg:hidden')}>
        <MenuIcon className="size-5" aria-hidden="true" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-backdrop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-40 grid w-72 max-w-[85vw] content-start gap-4 overflow-y-auto border-r border-line bg-raised p-4 shadow-raised transition duration-150 outline-none data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <div className="flex items-center justify-between">
            <Dialog.Title className="px-3 font-semibold">LeafPad</Dialog.Title>
            <Dialog.Close aria-label="Close the menu" className={buttonClass('quiet', 'icon')}>
              <X className="size-5" aria-hidden="true" />
            </Dialog.Close>
          </div>
          <Places />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function UserMenu() {
  const { user } = useSession()
  const [theme, setTheme] = useTheme()
  const leave = useLeave()
  const signOut = useMutation({
    mutationFn: () => ask('POST', `${dashboardApi}/sign-out`),
    onSuccess: leave,
    onError: (error) => tellDone(error.message),
  })
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Account of ${user.name}`}
          className={classNames(buttonClass('quiet', 'small'), 'shrink-0 max-sm:px-2')}
        >
          <CircleUserRound className="size-5" aria-hidden="true" />
          <bdi className="max-w-40 truncate max-sm:hidden">{user.name}</bdi>
        </button>
      }
    >
      <div className="contained grid max-w-64 px-2.5 py-2">
        <bdi className="truncate font-medium">{user.name}</bdi>
        <bdi className="truncate text-[0.8125rem] text-soft">{user.email}</bdi>
      </div>
      <MenuSeparator />
      <MenuLink link={<Link to="/account" />}>
        <CircleUserRound className="size-4" aria-hidden="true" />
        Account
      </MenuLink>
      <MenuSeparator />
      <MenuChoice
        label="Theme"
        value={theme}
        onValueChange={setTheme}
        options={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <MenuSeparator />
      <MenuItem onClick={() => signOut.mutate()}>
        <LogOut className="size-4" aria-hidden="true" />
        Sign out
      </MenuItem>
    </Menu>
  )
}

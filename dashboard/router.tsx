import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { isApiError } from './api.ts'
import type { AuditSearch } from './audit/search.ts'
import { ErrorPage } from './error-page.tsx'
import { keysSearch } from './keys/search.ts'
import { NotFoundPage } from './not-found-page.tsx'
import { OrganizationLayout } from './organizations/organization-layout.tsx'
import { sessionQuery } from './session.ts'
import { Shell } from './shell.tsx'
import { type SignInSearch, signInSearch } from './sign-in/next.ts'

interface RouterContext {
  readonly queryClient: QueryClient
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage })

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  component: lazyRouteComponent(() => import('./sign-in/set-up-page.tsx'), 'SetUpPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./sign-in/sign-up-page.tsx'), 'SignUpPage'),
})

const invitations = createRoute({
  getParentRoute: () => root,
  path: '/invitations',
  component: lazyRouteComponent(() => import('./sign-in/invitation-page.tsx'), 'InvitationPage'),
})

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./sign-in/reset-password-page.tsx'), 'ResetPasswordPage'),
})

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('./sign-in/forgot-password-page.tsx'), 'ForgotPasswordPage'),
})

/** What only who is signed in sees; others sign in first and come back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery)
    } catch (error) {
      if (!isApiError(error, 'not_signed_in')) throw error
      const search: SignInSearch = location.href === '/' ? {} : { next: location.href }
      throw redirect({ to: '/sign-in', search })
    }
  },
})

const newOrganization = createRoute({
  getParentRoute: () => signedIn,
  path: '/organizations/new',
  component: lazyRouteComponent(() => import('./organizations/new-organization-page.tsx'), 'NewOrganizationPage'),
})

const openOrganization = createRoute({
  getParentRoute: () => signedIn,
  path: '/organizations/$organizationId/$',
  component: lazyRouteComponent(() => import('./organizations/open-organization-page.tsx'), 'OpenOrganizationPage'),
})

const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('./sign-in/account-page.tsx'), 'AccountPage'),
})

/** What is about the active organization; there is one on these pages. */
const organization = createRoute({ getParentRoute: () => signedIn, id: 'organization', component: OrganizationLayout })

const home = createRoute({
  getParentRoute: () => organization,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/knowledge-base' })
  },
})

const knowledgeBase = createRoute({
  getParentRoute: () => organization,
  path: '/knowledge-base',
  component: lazyRouteComponent(() => import('./knowledge-base/knowledge-base-page.tsx'), 'KnowledgeBasePage'),
})

const keys = createRoute({
  getParentRoute: () => organization,
  path: '/settings/api-keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
})

const key = createRoute({
  getParentRoute: () => organization,
  path: '/settings/api-keys/$keyId',
  component: lazyRouteComponent(() => import('./keys/key-page.tsx'), 'KeyPage'),
})

const members = createRoute({
  getParentRoute: () => organization,
  path: '/settings/members',
  component: lazyRouteComponent(() => import('./organizations/members-page.tsx'), 'MembersPage'),
})

const audit = createRoute({
  getParentRoute: () => organization,
  path: '/settings/audit',
  // The page itself looks at it, so that others do not load what that takes.
  validateSearch: (search): AuditSearch => search,
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
})

const organizationSettings = createRoute({
  getParentRoute: () => organization,
  path: '/settings/organization',
  component: lazyRouteComponent(() => import('./organizations/organization-page.tsx'), 'OrganizationPage'),
})

const routeTree = root.addChildren([
  setUp,
  signIn,
  signUp,
  invitations,
  resetPassword,
  forgotPassword,
  signedIn.addChildren([
    newOrganization,
    openOrganization,
    account,
    organization.addChildren([home, knowledgeBase, keys, key, members, audit, organizationSettings]),
  ]),
])

export function createDashboardRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>
  }
}

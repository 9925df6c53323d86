import './design/style.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyTheme } from './design/theme.ts'
import { ToastRegion } from './design/toast.tsx'
import { whenReleased } from './hold.ts'
import { takeLinkToken } from './link-token.ts'
import { createQueryClient } from './query-client.ts'
import { createDashboardRouter } from './router.tsx'

takeLinkToken()
window.addEventListener('hashchange', takeLinkToken)
applyTheme()

const queryClient = createQueryClient(() => whenReleased(leadToSignIn))
const router = createDashboardRouter(queryClient)

/** A session that has ended leads to where one signs in, and from there back. */
function leadToSignIn(): void {
  const { matches, location } = router.state
  if (!matches.some(({ routeId }) => routeId === '/signed-in')) return
  const search = { next: location.href, ended: true }
  void router.navigate({ to: '/sign-in', search, replace: true }).then(() => queryClient.clear())
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <ToastRegion>
          <RouterProvider router={router} />
        </ToastRegion>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)

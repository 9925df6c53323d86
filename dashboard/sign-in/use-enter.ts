import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

/** Goes on to a path as somebody else than before: nothing that was known stays known. */
export function useEnter(): (path?: string) => void {
  const queryClient = useQueryClient()
  const router = useRouter()
  return (path = '/') => {
    queryClient.clear()
    router.history.push(path)
  }
}

/** Goes to where one signs in. The page that is left asks for nothing any more before what was known is forgotten. */
export function useLeave(): () => Promise<void> {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async () => {
    await router.navigate({ to: '/sign-in' })
    queryClient.clear()
  }
}

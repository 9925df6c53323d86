import { useMutation, useQueryClient } from '@tanstack/react-query'
import { isApiError } from '../api.ts'
import { type Organization, useOrganization } from '../session.ts'
import type { Key } from './key.ts'
import { type askKey, keysOf } from './keys-query.ts'

/** Changes a key; what is shown afterwards is what the server answered. */
export function useKeyChange<Asked = void>(
  change: (organization: Organization, asked: Asked) => ReturnType<typeof askKey>,
  onDone?: (key: Key, asked: Asked) => void,
) {
  const queryClient = useQueryClient()
  const organization = useOrganization()
  const readAgain = () => queryClient.invalidateQueries({ queryKey: keysOf(organization) })
  return useMutation({
    mutationFn: async (asked: Asked) => (await change(organization, asked)).key,
    onSuccess: async (key, asked) => {
      await readAgain()
      onDone?.(key, asked)
    },
    onError: (error) => {
      if (isApiError(error, 'key_not_live')) void readAgain()
    },
  })
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { KeyAnswerSchema } from '../../server/keys/schema.ts'
import { isApiError } from '../api.ts'
import { sessionQuery, useOrganization } from '../session.ts'
import type { Key } from './key.ts'
import { keysOf } from './keys-query.ts'

/** Changes a key; what is shown afterwards is what the server answered. */
export function useKeyChange<Asked = void>(
  change: (asked: Asked) => Promise<Static<typeof KeyAnswerSchema>>,
  onDone?: (key: Key, asked: Asked) => void,
) {
  const queryClient = useQueryClient()
  const organization = useOrganization()
  const readAgain = () => queryClient.invalidateQueries({ queryKey: keysOf(organization) })
  return useMutation({
    mutationFn: async (asked: Asked) => (await change(asked)).key,
    onSuccess: async (key, asked) => {
      await readAgain()
      onDone?.(key, asked)
    },
    onError: (error) => {
      if (isApiError(error, 'key_not_live')) void readAgain()
      // A key that is not there any more belongs to an organization that another tab has left.
      if (isApiError(error, 'not_found')) void queryClient.invalidateQueries(sessionQuery)
    },
  })
}

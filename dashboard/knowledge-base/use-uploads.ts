import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { ApiError, isApiError } from '../api.ts'
import { sessionQuery } from '../session.ts'
import { checkFile, type Room } from './check-file.ts'
import { documentsQuery } from './documents-query.ts'
import { uploadFile } from './upload-file.ts'
import { createUploadQueue } from './upload-queue.ts'

/** The files on their way into an organization. They are cancelled when the page is left. */
export function useUploads(organizationId: string) {
  const queryClient = useQueryClient()
  const [queue] = useState(() => {
    const documents = documentsQuery(organizationId)
    let maxFileBytes: number | undefined
    const room = (): Room => ({ maxFileBytes, leftBytes: queryClient.getQueryData(documents.queryKey)?.pages.at(-1)?.storage.leftBytes })
    return createUploadQueue<File>({
      check: (file) => checkFile(file, room()),
      async send(file, options) {
        try {
          await uploadFile(file, { organizationId, ...options })
          await queryClient.invalidateQueries(documents)
        } catch (error) {
          if (isApiError(error, 'body_too_large') && typeof error.problem.maxBytes === 'number') maxFileBytes = error.problem.maxBytes
          // What was left has changed, or who one is: both are asked anew.
          if (error instanceof ApiError && error.status !== 0 && error.status < 500) {
            void queryClient.invalidateQueries({ queryKey: error.code === 'storage_full' ? documents.queryKey : sessionQuery.queryKey })
          }
          throw error
        }
      },
    })
  })
  useEffect(() => queue.cancelAll, [queue])
  return { queue, uploads: useSyncExternalStore(queue.subscribe, queue.uploads) }
}

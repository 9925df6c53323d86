import type { Static } from 'typebox'
import type { createDocumentSchema } from '../../server/knowledge-base/schema.ts'
import { ApiError, organizationHeader, readAnswer } from '../api.ts'
import { documentsPath, ofSession } from './documents-query.ts'

export type Created = Static<(typeof createDocumentSchema.response)[201]>

export interface UploadOptions {
  readonly organizationId: string
  /** Told how much of it is on its way, from 0 to 1. */
  readonly onProgress: (part: number) => void
  readonly signal: AbortSignal
}

/** Sends a file to the knowledge base. Rejects with ApiError, or with what the signal was aborted with. */
export function uploadFile(file: File, { organizationId, onProgress, signal }: UploadOptions): Promise<Created> {
  return new Promise((resolve, reject) => {
    // fetch() does not tell how far an upload has come.
    const request = new XMLHttpRequest()
    const cancel = () => request.abort()
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', cancel)
      settle()
    }
    request.open('POST', documentsPath)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader(organizationHeader, organizationId)
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total)
    request.onabort = () => end(() => reject(signal.reason))
    request.onerror = () => end(() => reject(new ApiError('unreachable', 0, 'The connection broke before the file was kept. Try again.')))
    request.onload = () =>
      end(() => {
        try {
          resolve(readAnswer<Created>(request.status, request.getResponseHeader('retry-after'), request.responseText))
        } catch (error) {
          reject(ofSession(error))
        }
      })
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', cancel)
    const body = new FormData()
    body.append('file', file)
    request.send(body)
  })
}

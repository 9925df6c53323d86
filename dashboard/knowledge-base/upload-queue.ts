/** A file on its way, or what came of it. */
export interface Upload<File> {
  readonly id: number
  readonly file: File
  readonly state: 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled'
  /** How much of it is on its way, from 0 to 1. */
  readonly part: number
  /** Of `failed`: a sentence of the page's own, or what `send` rejected with. */
  readonly error?: unknown
}

export interface UploadQueue<File> {
  /** What there is now; the same array until something changes. */
  readonly uploads: () => readonly Upload<File>[]
  readonly subscribe: (listener: () => void) => () => void
  readonly add: (files: readonly File[]) => void
  readonly retry: (id: number) => void
  readonly cancel: (id: number) => void
  readonly cancelAll: () => void
  /** Forgets those that have ended. */
  readonly clear: () => void
}

export interface UploadQueueOptions<File> {
  /** What is wrong with a file before it is sent; asked when its turn comes. */
  readonly check: (file: File) => string | undefined
  readonly send: (file: File, options: { readonly onProgress: (part: number) => void; readonly signal: AbortSignal }) => Promise<unknown>
}

/** Sends files one after another, in the order in which they were added. */
export function createUploadQueue<File>({ check, send }: UploadQueueOptions<File>): UploadQueue<File> {
  const listeners = new Set<() => void>()
  let uploads: readonly Upload<File>[] = []
  let lastId = 0
  let sending: { readonly id: number; readonly controller: AbortController } | undefined

  function write(next: readonly Upload<File>[]) {
    uploads = next
    for (const listener of listeners) listener()
  }

  function update(id: number, change: Partial<Upload<File>>) {
    write(uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)))
  }

  async function goOn() {
    for (;;) {
      const next = sending === undefined ? uploads.find(({ state }) => state === 'waiting') : undefined
      if (next === undefined) return
      await sendOne(next)
    }
  }

  async function sendOne({ id, file }: Upload<File>) {
    const problem = check(file)
    if (problem !== undefined) return update(id, { state: 'failed', error: problem })
    const controller = new AbortController()
    const { signal } = controller
    sending = { id, controller }
    update(id, { state: 'sending', part: 0, error: undefined })
    try {
      await send(file, { signal, onProgress: (part) => signal.aborted || update(id, { part }) })
      update(id, { state: 'done', part: 1 })
    } catch (error) {
      update(id, signal.aborted ? { state: 'cancelled' } : { state: 'failed', error })
    } finally {
      sending = undefined
    }
  }

  return {
    uploads: () => uploads,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(files) {
      write([...uploads, ...files.map((file) => ({ id: ++lastId, file, state: 'waiting' as const, part: 0 }))])
      void goOn()
    },
    retry(id) {
      update(id, { state: 'waiting', part: 0, error: undefined })
      void goOn()
    },
    cancel(id) {
      if (sending?.id === id) sending.controller.abort()
      else update(id, { state: 'cancelled' })
    },
    cancelAll() {
      write(uploads.map((upload) => (upload.state === 'waiting' ? { ...upload, state: 'cancelled' } : upload)))
      sending?.controller.abort()
    },
    clear: () => write(uploads.filter(({ state }) => state === 'waiting' || state === 'sending')),
  }
}

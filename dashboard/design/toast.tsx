import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from './button.tsx'

const manager = Toast.createToastManager()

/** Tells what was done, for a few seconds, in the corner of the page. Nothing secret, and nothing that must be read. */
export function tellDone(text: ReactNode): void {
  manager.add({ title: text, timeout: 6_000 })
}

/** Where toasts appear; once, around the whole page. */
export function ToastRegion({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-4 z-40 grid gap-2 outline-none sm:left-auto sm:w-96">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Toasts() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="rounded-lg border border-line bg-raised shadow-raised transition duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-center justify-between gap-3 py-2 pr-2 pl-4">
        <Toast.Title className="contained min-w-0 text-sm font-medium" />
        <Toast.Close aria-label="Dismiss" className={buttonClass('quiet', 'icon')}>
          <X className="size-4" aria-hidden="true" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}

import { AlertDialog as BaseAlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { Button, type ButtonVariant, buttonClass } from './button.tsx'
import { classNames } from './class-names.ts'

const backdropClass = 'fixed inset-0 bg-backdrop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'

const viewportClass =
  'fixed inset-0 grid grid-cols-[minmax(0,1fr)] place-items-end overflow-x-hidden overflow-y-auto sm:place-items-center sm:p-6'

const popupClass = classNames(
  'w-full rounded-t-xl border border-line bg-raised p-5 shadow-raised outline-none sm:rounded-xl sm:p-6',
  'transition duration-150 data-ending-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0',
)

/** Tells what gets the focus once it is closed, for what it was opened from may be gone by then; true: what had it before. */
export type FinalFocus = () => HTMLElement | true | null

/**
 * For a dialog that does away with what it was opened from: `fallback` once that was done, else what had the focus before. A dialog that is
 * closed by what it did goes while that still counts as under way.
 */
export function focusAfter(action: { readonly isIdle: boolean; readonly isError: boolean }, fallback: FinalFocus): FinalFocus {
  return () => (action.isIdle || action.isError ? true : fallback())
}

export interface DialogProps {
  readonly open: boolean
  /** Asked to close (Escape, the backdrop, the cross). Whoever leaves `open` as it is keeps it open. */
  readonly onClose: () => void
  readonly title: ReactNode
  readonly description?: ReactNode | undefined
  readonly children: ReactNode
  readonly wide?: boolean | undefined
  /** What gets the focus first; by default the first thing that can have it. */
  readonly initialFocus?: RefObject<HTMLElement | null> | undefined
  readonly finalFocus?: FinalFocus | undefined
}

/** Something to be done before going on; the rest of the page waits. Focus comes back to where it was. */
export function Dialog({ open, onClose, title, description, children, wide = false, initialFocus, finalFocus }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(wanted) => wanted || onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropClass} />
        <BaseDialog.Viewport className={viewportClass}>
          <BaseDialog.Popup
            className={classNames(popupClass, wide ? 'sm:max-w-2xl' : 'sm:max-w-md')}
            {...(initialFocus !== undefined && { initialFocus })}
            {...(finalFocus !== undefined && { finalFocus })}
          >
            <div className="mb-4 flex items-start justify-between gap-3">
              <div className="grid min-w-0 gap-1">
                <BaseDialog.Title className="text-lg leading-snug font-semibold">{title}</BaseDialog.Title>
                {description !== undefined && <BaseDialog.Description className="text-soft">{description}</BaseDialog.Description>}
              </div>
              <BaseDialog.Close aria-label="Close" className={classNames(buttonClass('quiet', 'icon'), '-mt-1 -mr-2 text-soft')}>
                <X className="size-5" aria-hidden="true" />
              </BaseDialog.Close>
            </div>
            {children}
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

export interface AlertDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  /** What will happen, in plain words. */
  readonly children: ReactNode
  readonly action: string
  readonly cancel?: string | undefined
  readonly variant?: ButtonVariant | undefined
  readonly busy?: boolean | undefined
  readonly onAction: () => void
  readonly finalFocus?: FinalFocus | undefined
}

/** Asks before something that cannot be taken back. What it asks for has the focus, else the harmless answer; a click beside it does not close it. */
export function AlertDialog({
  open,
  onClose,
  title,
  children,
  action,
  cancel = 'Cancel',
  variant = 'danger',
  busy,
  onAction,
  finalFocus,
}: AlertDialogProps) {
  return (
    <BaseAlertDialog.Root open={open} onOpenChange={(wanted) => wanted || onClose()}>
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop forceRender className={backdropClass} />
        <BaseAlertDialog.Viewport className={viewportClass}>
          <BaseAlertDialog.Popup className={classNames(popupClass, 'sm:max-w-md')} {...(finalFocus !== undefined && { finalFocus })}>
            <BaseAlertDialog.Title className="mb-2 text-lg leading-snug font-semibold">{title}</BaseAlertDialog.Title>
            <BaseAlertDialog.Description render={<div />} className="grid gap-3 text-soft">
              {children}
            </BaseAlertDialog.Description>
            <DialogActions>
              <BaseAlertDialog.Close className={buttonClass('secondary')}>{cancel}</BaseAlertDialog.Close>
              <Button variant={variant} busy={busy} onClick={onAction}>
                {action}
              </Button>
            </DialogActions>
          </BaseAlertDialog.Popup>
        </BaseAlertDialog.Viewport>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  )
}

/** The buttons at the end of a dialog, the one that does it last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="mt-6 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">{children}</div>
}

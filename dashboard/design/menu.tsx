import { Menu as BaseMenu } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { popupClass } from './popup.ts'

const itemClass = classNames(
  'flex min-h-9 w-full items-center gap-2 rounded-sm px-2.5 py-1.5 text-left no-underline outline-none select-none',
  'data-highlighted:bg-hover data-disabled:opacity-55 pointer-coarse:min-h-11',
)

export interface MenuProps {
  /** A button; it gets what makes it open the menu. */
  readonly trigger: ReactElement
  readonly align?: 'start' | 'end' | undefined
  readonly children: ReactNode
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner positionMethod="fixed" sideOffset={4} align={align} className="z-50 outline-none">
          <BaseMenu.Popup className={classNames(popupClass, 'min-w-48')}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

export interface MenuItemProps {
  readonly onClick?: (() => void) | undefined
  readonly danger?: boolean | undefined
  readonly disabled?: boolean | undefined
  readonly children: ReactNode
}

export function MenuItem({ onClick, danger = false, disabled = false, children }: MenuItemProps) {
  return (
    <BaseMenu.Item
      disabled={disabled}
      {...(onClick !== undefined && { onClick })}
      className={classNames(itemClass, danger && 'text-danger-ink data-highlighted:bg-danger-soft')}
    >
      {children}
    </BaseMenu.Item>
  )
}

/** An item that leads somewhere; `link` is the element that does. */
export function MenuLink({ link, children }: { readonly link: ReactElement; readonly children: ReactNode }) {
  return (
    <BaseMenu.LinkItem render={link} closeOnClick className={itemClass}>
      {children}
    </BaseMenu.LinkItem>
  )
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly onValueChange: (value: Value) => void
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[]
}

/** One of a few within a menu, with a tick at the present one. */
export function MenuChoice<Value extends string>({ label, value, onValueChange, options }: MenuChoiceProps<Value>) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className="px-2.5 pt-2 pb-1 text-xs font-medium text-soft">{label}</BaseMenu.GroupLabel>
      <BaseMenu.RadioGroup value={value} onValueChange={(chosen: Value) => onValueChange(chosen)}>
        {options.map((option) => (
          <BaseMenu.RadioItem key={option.value} value={option.value} closeOnClick className={itemClass}>
            <span className="grid size-4 place-items-center">
              <BaseMenu.RadioItemIndicator>
                <Check className="size-4" aria-hidden="true" />
              </BaseMenu.RadioItemIndicator>
            </span>
            <span className="min-w-0 max-w-64 truncate">{option.label}</span>
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </BaseMenu.Group>
  )
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="my-1 h-px bg-line" />
}

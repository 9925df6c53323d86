import { classNames } from './class-names.ts'

/** What opens beside something: menus, lists to select from. */
export const popupClass = classNames(
  'max-h-(--available-height) max-w-(--available-width) overflow-y-auto rounded-lg border border-line bg-raised p-1 text-sm text-ink shadow-raised outline-none',
  'origin-(--transform-origin) transition duration-100 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0',
)

import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface TableProps {
  /** What the rows are, for those who cannot see it. */
  readonly label: string
  readonly columns: readonly { readonly label: string; readonly hidden?: boolean; readonly end?: boolean }[]
  /** `TableRow`s. */
  readonly children: ReactNode
}

/** Rows that become cards at 640 px and less. The roles are said, since the looks of a card would take them away. */
export function Table({ label, columns, children }: TableProps) {
  return (
    <div className="relative sm:overflow-x-auto sm:rounded-lg sm:border sm:border-line sm:bg-surface">
      {/* biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away */}
      <table role="table" aria-label={label} className="block w-full border-collapse text-left sm:table">
        {/* biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away */}
        <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
          {/* biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away */}
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.label}
                // biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away
                role="columnheader"
                scope="col"
                className={classNames(
                  'border-b border-line px-3 py-2.5 first:pl-4 last:pr-4 text-[0.8125rem] font-medium whitespace-nowrap text-soft',
                  column.end && 'bg-surface text-right sm:sticky sm:right-0',
                )}
              >
                <span className={column.hidden ? 'sr-only' : undefined}>{column.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        {/* biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away */}
        <tbody role="rowgroup" className="grid grid-cols-[minmax(0,1fr)] gap-3 sm:table-row-group">
          {children}
        </tbody>
      </table>
    </div>
  )
}

export function TableRow({ children, dimmed = false }: { readonly children: ReactNode; readonly dimmed?: boolean | undefined }) {
  return (
    <tr
      // biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away
      role="row"
      className={classNames(
        'grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-4 sm:table-row sm:rounded-none sm:border-0 sm:border-b sm:last:border-b-0',
        dimmed && 'sm:bg-sunken',
      )}
    >
      {children}
    </tr>
  )
}

export interface TableCellProps {
  /** The column's name, shown beside the value in a card; without one the cell takes the card's whole width. */
  readonly label?: string | undefined
  readonly end?: boolean | undefined
  readonly children: ReactNode
}

export function TableCell({ label, end = false, children }: TableCellProps) {
  return (
    <td
      // biome-ignore lint/a11y/noRedundantRoles: display: block takes the role away
      role="cell"
      className={classNames(
        'min-w-0 sm:table-cell sm:px-3 sm:py-3 sm:align-middle sm:first:pl-4 sm:last:pr-4',
        label === undefined ? 'block wrap-anywhere' : 'grid grid-cols-[7rem_minmax(0,1fr)] gap-2 sm:wrap-break-word',
        // In sight where the rows are too wide for the window: what can be done is not to be looked for.
        end && 'sm:sticky sm:right-0 sm:bg-inherit sm:text-right sm:whitespace-nowrap',
      )}
    >
      {label !== undefined && (
        <span className="text-[0.8125rem] text-soft sm:hidden" aria-hidden="true">
          {label}
        </span>
      )}
      <div className={classNames('contained -mx-4 min-w-0 px-4 sm:-mx-1 sm:px-1', end && 'sm:flex sm:justify-end')}>{children}</div>
    </td>
  )
}

import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

export interface Tab {
  readonly value: string
  readonly label: string
  readonly content: ReactNode
}

export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  return (
    <BaseTabs.Root defaultValue={tabs[0]?.value ?? null} className="grid min-w-0 gap-3">
      <BaseTabs.List aria-label={label} className="flex flex-wrap gap-1 border-b border-line">
        {tabs.map(({ value, label }) => (
          <BaseTabs.Tab
            key={value}
            value={value}
            className="-mb-px min-h-9 border-b-2 border-transparent px-3 font-medium text-soft hover:text-ink data-active:border-accent data-active:text-ink pointer-coarse:min-h-11"
          >
            {label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map(({ value, content }) => (
        <BaseTabs.Panel key={value} value={value} className="min-w-0">
          {content}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  )
}

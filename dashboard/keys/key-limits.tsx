import type { Key } from './key.ts'
import { permissionsText } from './permissions.ts'

/** What a key was given less than its owner has: permissions, and where it may be used from. Nothing where nothing is less. */
export function KeyLimits({ shownKey: { permissions, networks } }: { readonly shownKey: Pick<Key, 'permissions' | 'networks'> }) {
  const told = permissionsText({ permissions })
  if (told === undefined && networks === null) return null
  const from = networks === null ? undefined : networks.length === 1 ? `from ${networks[0]}` : `from ${networks.length} networks`
  const text = [told, from].filter(Boolean).join(' · ')
  if (networks === null || networks.length === 1) return <span className="block max-w-60 text-[0.8125rem] text-soft">{text}</span>
  return (
    <details className="max-w-60 text-[0.8125rem] text-soft">
      <summary className="min-h-6 cursor-pointer">{text}</summary>
      <ul className="font-mono">
        {networks.map((network) => (
          <li key={network}>{network}</li>
        ))}
      </ul>
    </details>
  )
}

import type { Key } from './key.ts'
import { permissionsText } from './permissions.ts'

/** What a key was given less than its owner has: permissions, and where it may be used from. Nothing where nothing is less. */
export function KeyLimits({ shownKey: { permissions, networks } }: { readonly shownKey: Pick<Key, 'permissions' | 'networks'> }) {
  const told = permissionsText({ permissions })
  if (told === undefined && networks === null) return null
  const [network, ...others] = networks ?? []
  return (
    <div className="max-w-60 text-[0.8125rem] text-soft">
      {told}
      {told !== undefined && networks !== null && ' · '}
      {networks !== null && others.length === 0 && `from ${network}`}
      {others.length > 0 && (
        <details className="inline-block align-top">
          <summary className="min-h-6 cursor-pointer">from {others.length + 1} networks</summary>
          <ul className="font-mono">
            {networks!.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

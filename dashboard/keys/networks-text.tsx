/** Some networks in a sentence: the first few, and how many more there are. */
export function NetworksText({ networks }: { readonly networks: readonly string[] }) {
  const more = networks.length - 3
  const shown = more > 0 ? networks.slice(0, 3) : networks
  return (
    <>
      <span className="font-mono text-[0.9em]">{shown.join(', ')}</span>
      {more > 0 && ` and ${more} more`}
    </>
  )
}

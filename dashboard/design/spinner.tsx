/** Turns; with reduced motion it stands still. Say beside it, or in `label`, what is under way. */
export function Spinner({ label }: { readonly label?: string | undefined }) {
  return (
    <span role={label === undefined ? undefined : 'status'} className="inline-flex items-center gap-2">
      <svg viewBox="0 0 16 16" className="size-4 animate-spin" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <circle cx="8" cy="8" r="6.5" opacity="0.3" />
        <path d="M14.5 8A6.500 6.500 0 0 0 8 1.500" strokeLinecap="round" />
      </svg>
      {label}
    </span>
  )
}

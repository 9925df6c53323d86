/** The first thing the keyboard comes to: leads past what every page has. */
export function SkipLink({ target }: { readonly target: string }) {
  return (
    <a
      href={`#${target}`}
      onClick={(event) => {
        event.preventDefault()
        document.getElementById(target)?.focus()
      }}
      className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-raised px-4 py-2 font-medium shadow-raised focus:translate-y-0"
    >
      Skip to content
    </a>
  )
}

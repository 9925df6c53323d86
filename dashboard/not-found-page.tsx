import { Link } from '@tanstack/react-router'
import { buttonClass } from './design/button.tsx'
import { usePageTitle } from './page-title.ts'

export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <div className="mx-auto grid w-full max-w-xl justify-items-start gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-soft">The address may be mistyped, or what it led to is gone.</p>
      <Link to="/" className={buttonClass()}>
        To the start
      </Link>
    </div>
  )
}

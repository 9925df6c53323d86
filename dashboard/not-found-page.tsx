import { Link } from '@tanstack/react-router'
import { buttonClass } from './design/button.tsx'
import { usePageTitle } from './page-title.ts'
import { SignInFrame } from './sign-in/sign-in-frame.tsx'

/** In place of a page that is not there, outside of the shell. */
export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <SignInFrame title="There is no such page" description="The address may be mistyped, or what it led to is gone.">
      <Link to="/" className={buttonClass()}>
        To the start
      </Link>
    </SignInFrame>
  )
}

import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { createContext, useContext } from 'react'
import { ApiError } from './api.ts'
import { Button } from './design/button.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { usePageTitle } from './page-title.ts'
import { SignInFrame } from './sign-in/sign-in-frame.tsx'

/** Whether it is the shell that a page is in, which has the main part of the document. */
export const WithinShell = createContext(false)

/** In place of a page that failed. */
export function ErrorPage({ error }: ErrorComponentProps) {
  usePageTitle('Something went wrong')
  const router = useRouter()
  const withinShell = useContext(WithinShell)
  const title = 'This page cannot be shown'
  const said = (
    <div className="grid gap-4">
      <ErrorNotice error={error} />
      <div className="flex flex-wrap items-center gap-4">
        {error instanceof ApiError && <Button onClick={() => void router.invalidate()}>Try again</Button>}
        <Link to="/" className="link">
          To the start
        </Link>
      </div>
    </div>
  )
  if (!withinShell) return <SignInFrame title={title}>{said}</SignInFrame>
  return (
    <div className="mx-auto grid w-full max-w-xl gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">{title}</h1>
      {said}
    </div>
  )
}

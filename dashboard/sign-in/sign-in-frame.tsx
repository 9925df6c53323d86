import type { ReactNode } from 'react'
import leaf from '../leaf.svg'

export interface SignInFrameProps {
  readonly title: ReactNode
  readonly description?: ReactNode | undefined
  readonly children: ReactNode
  /** What stands below, beside the matter. */
  readonly footer?: ReactNode | undefined
}

/** The pages before one is signed in: one matter each. */
export function SignInFrame({ title, description, children, footer }: SignInFrameProps) {
  return (
    <main className="contained mx-auto grid min-h-dvh w-full max-w-md content-start gap-6 px-4 py-10 sm:content-center sm:py-16">
      <div className="flex items-center gap-2.5 text-lg font-semibold">
        <img src={leaf} alt="" className="size-8" />
        LeafPad
      </div>
      <div className="contained grid min-w-0 gap-5 rounded-xl border border-line bg-surface p-5 sm:p-7">
        <div className="grid gap-1.5">
          <h1 className="text-xl leading-tight font-semibold">{title}</h1>
          {description !== undefined && <p className="text-soft">{description}</p>}
        </div>
        {children}
      </div>
      {footer !== undefined && <div className="px-1 text-[0.8125rem] text-soft">{footer}</div>}
    </main>
  )
}

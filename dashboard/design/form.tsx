import { Form as BaseForm } from '@base-ui/react/form'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface FormProps {
  /** Gets the values by the names of the fields, once the browser finds nothing wrong with them. */
  readonly onSubmit: (values: Record<string, string>) => void
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** Fields below each other. What is wrong is told at the fields, and the first of them gets the focus. */
export function Form({ onSubmit, className, children }: FormProps) {
  return (
    <BaseForm
      className={classNames('grid gap-4', className)}
      onFormSubmit={(values: Record<string, unknown>) => onSubmit(values as Record<string, string>)}
    >
      {children}
    </BaseForm>
  )
}

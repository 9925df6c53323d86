import { Button } from '../design/button.tsx'
import { useOrganization, useSession } from '../session.ts'
import type { Key } from './key.ts'
import { actionsFor, type KeyAction } from './key-actions.ts'
import { seesAllKeys } from './keys-query.ts'

export interface KeyButtonsProps {
  readonly shownKey: Key
  /** `opener` is what was pressed, to have the focus again. */
  readonly onAction: (action: KeyAction, opener: HTMLElement) => void
}

/** What can be done with a key, a button each. */
export function KeyButtons({ shownKey, onAction }: KeyButtonsProps) {
  const userId = useSession().user.id
  const seesAll = seesAllKeys(useOrganization())
  return actionsFor(shownKey, userId, seesAll).map(({ action, label, Icon }) => (
    <Button
      key={action}
      variant={action === 'rotate' ? 'primary' : 'secondary'}
      className={action === 'revoke' ? 'text-danger-ink!' : undefined}
      onClick={(event) => onAction(action, event.currentTarget)}
    >
      <Icon className="size-4" aria-hidden="true" />
      {label}
    </Button>
  ))
}

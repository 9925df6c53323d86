import { useEffect, useRef, useState } from 'react'
import { Card } from '../design/card.tsx'
import { Notice } from '../design/notice.tsx'
import { useSession } from '../session.ts'
import type { Key, Secret } from './key.ts'
import { canRotate } from './key-actions.ts'
import { keyHint } from './keys-query.ts'
import { LiveSecret } from './live-secret.tsx'

/** The secrets that stand for a key: one, or two after it was rotated. */
export function KeySecrets({ shownKey: key }: { readonly shownKey: Key }) {
  const [ended, setEnded] = useState<Secret>()
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The button that ended it is gone.
    if (ended !== undefined) notice.current?.focus()
  }, [ended])
  return (
    <Card title="Secrets" description={<WhatTheyAre shownKey={key} />}>
      <div className="grid gap-3">
        {ended !== undefined && (
          <div ref={notice} tabIndex={-1} className="rounded-lg outline-none">
            <Notice tone="good" alert title={`${keyHint(ended)} has ended`}>
              Whatever still sends it is refused. The newest secret goes on.
            </Notice>
          </div>
        )}
        <ul className="grid gap-3">
          {key.secrets.map((secret, index) => (
            <LiveSecret key={secret.number} of={key} secret={secret} isOld={index > 0} onEnded={setEnded} />
          ))}
        </ul>
      </div>
    </Card>
  )
}

function WhatTheyAre({ shownKey: key }: { readonly shownKey: Key }) {
  const { user } = useSession()
  if (key.status !== 'active') return 'The key is not let in any more, and so no secret of it is.'
  const both = key.secrets.length > 1 && 'Both are let in and share one quota. End the old one once nothing uses it any more. '
  if (canRotate(key, user.id)) return both || 'To change it without a break, rotate the key: both secrets are let in for a while.'
  return (
    <>
      {both}
      Only <bdi>{key.owner.name ?? 'its owner'}</bdi>, who generated the key, can rotate it: a new secret may do what they may.
    </>
  )
}

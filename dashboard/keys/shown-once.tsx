import { useBlocker } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '../design/button.tsx'
import { CopyField } from '../design/copy-field.tsx'
import { AlertDialog, Dialog, DialogActions } from '../design/dialog.tsx'
import { Notice } from '../design/notice.tsx'
import { Tabs } from '../design/tabs.tsx'
import { useOrganization } from '../session.ts'
import { ExactInstant } from './exact-instant.tsx'
import type { Key, Secret } from './key.ts'
import { keyHint } from './keys-query.ts'
import { LeakHint } from './leak-hint.tsx'
import { mayWrite } from './permissions.ts'
import { secretEnd } from './secret-end.ts'
import { curlSnippet, envFile, gitHubSnippet, nodeSnippet } from './snippets.ts'
import { TestRequest } from './test-request.tsx'

export interface ShownOnceProps {
  readonly generatedKey: Key
  /** Null when it was forgotten because the page was left. */
  readonly secret: string | null
  /** The one before, where the key was rotated, as it was until then. */
  readonly replaced?: Secret | undefined
  readonly onClose: () => void
}

/** The secret of a new key, or the new one of a key, what to do with it, and a question to whoever would leave without it. */
export function ShownOnce({ generatedKey, secret, replaced, onClose }: ShownOnceProps) {
  const [stored, setStored] = useState(false)
  const [asking, setAsking] = useState(false)
  const tick = useRef<HTMLInputElement>(null)
  const unsafe = secret !== null && !stored
  useBlocker({
    shouldBlockFn: () => {
      if (unsafe) setAsking(true)
      return unsafe
    },
    enableBeforeUnload: unsafe,
  })
  return (
    <Dialog
      open
      wide
      onClose={() => (unsafe ? setAsking(true) : onClose())}
      title={secret === null ? 'The secret is gone' : replaced === undefined ? 'Store this key now' : 'Store the new secret now'}
      description={
        replaced === undefined ? <IsReady generatedKey={generatedKey} /> : <IsRotated rotatedKey={generatedKey} replaced={replaced} />
      }
    >
      {secret === null ? (
        <Notice tone="warning" title={`${keyHint(generatedKey)} cannot be shown again`}>
          You have left this page, so it has forgotten the secret. Unless you stored it,{' '}
          {replaced === undefined ? 'revoke the key and generate another' : 'rotate the key again'}.
        </Notice>
      ) : (
        <div className="grid min-w-0 gap-5">
          <CopyField
            label="Secret"
            value={secret}
            hint="It is shown this once: the server keeps only a fingerprint of it. Who has it can act as you."
          />
          <LeakHint />
          <EnvFileButton secret={secret} />
          <UseIt generatedKey={generatedKey} secret={secret} />
          <TestRequest secret={secret} />
          <label className="flex min-h-6 items-start gap-2.5 pointer-coarse:min-h-11">
            <input
              ref={tick}
              type="checkbox"
              checked={stored}
              onChange={(event) => setStored(event.target.checked)}
              className="mt-0.5 size-5 shrink-0 accent-(--color-accent)"
            />
            <span>I have stored it where I will find it again.</span>
          </label>
        </div>
      )}
      <DialogActions>
        <Button
          aria-disabled={unsafe || undefined}
          title={unsafe ? 'Tick that you have stored it first.' : undefined}
          onClick={() => (unsafe ? tick.current?.focus() : onClose())}
        >
          Done
        </Button>
      </DialogActions>
      <AlertDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Close without the secret?"
        cancel="Keep it open"
        action="Close, it is lost"
        onAction={onClose}
      >
        <p>
          You have not said that you stored it, and it cannot be shown again.{' '}
          {replaced === undefined
            ? 'The key stays; without its secret nobody can use it.'
            : 'The key stays; rotate it again for another secret.'}
        </p>
      </AlertDialog>
    </Dialog>
  )
}

function IsReady({ generatedKey: { name, expiresAt } }: Pick<ShownOnceProps, 'generatedKey'>) {
  return (
    <>
      <bdi className="font-medium text-ink">{name}</bdi> is ready.{' '}
      {expiresAt === null ? (
        'It never expires.'
      ) : (
        <>
          It expires on <ExactInstant at={new Date(expiresAt)} />.
        </>
      )}
    </>
  )
}

function IsRotated({ rotatedKey, replaced }: { readonly rotatedKey: Key; readonly replaced: Secret }) {
  const old = rotatedKey.secrets.find(({ number }) => number === replaced.number)
  const at = old && secretEnd(rotatedKey, old)
  return (
    <>
      <bdi className="font-medium text-ink">{rotatedKey.name}</bdi> has a new secret. The old one,{' '}
      <span className="font-mono text-[0.8125rem]">{keyHint(replaced)}</span>,{' '}
      {old === undefined ? (
        'has ended.'
      ) : at === undefined ? (
        'goes on until it is ended on the page of this key.'
      ) : (
        <>
          ends on <ExactInstant at={at} />.
        </>
      )}
    </>
  )
}

function UseIt({ generatedKey, secret }: { readonly generatedKey: Key; readonly secret: string }) {
  const { role } = useOrganization()
  const options = { host: location.origin, secret, writes: mayWrite(generatedKey, role) }
  return (
    <Tabs
      label="Use it"
      tabs={[
        { value: 'curl', label: 'curl', content: <CopyField label="In a terminal" value={curlSnippet(options)} multiline /> },
        {
          value: 'node',
          label: 'Node.js',
          content: (
            <div className="grid gap-3">
              <CopyField label="The environment" value={`export LEAFPAD_API_KEY=${secret}`} />
              <CopyField label="The program" value={nodeSnippet(options)} multiline />
            </div>
          ),
        },
        {
          value: 'github',
          label: 'GitHub Actions',
          content: (
            <div className="grid gap-3">
              <CopyField label="The repository's secret, once" value={`gh secret set LEAFPAD_API_KEY --body ${secret}`} />
              <CopyField label="A step of the workflow" value={gitHubSnippet(options)} multiline />
            </div>
          ),
        },
      ]}
    />
  )
}

function EnvFileButton({ secret }: { readonly secret: string }) {
  function download() {
    const url = URL.createObjectURL(new Blob([envFile({ host: location.origin, secret })], { type: 'text/plain' }))
    // Browsers take the dot away from the beginning of a name.
    Object.assign(document.createElement('a'), { href: url, download: 'leafpad.env' }).click()
    setTimeout(() => URL.revokeObjectURL(url), 1_000)
  }
  return (
    <div>
      <Button variant="secondary" size="small" onClick={download}>
        <Download className="size-4" aria-hidden="true" />
        Download .env
      </Button>
    </div>
  )
}

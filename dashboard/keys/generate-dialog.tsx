import { GenerateForm } from './generate-form.tsx'
import { ShownOnce } from './shown-once.tsx'
import { useToldSecret } from './use-told-secret.ts'

/** Asks for a key and shows its secret. */
export function GenerateDialog({ onClose }: { readonly onClose: () => void }) {
  const [generated, setGenerated] = useToldSecret()
  if (generated === undefined) return <GenerateForm onGenerated={setGenerated} onClose={onClose} />
  return <ShownOnce generatedKey={generated.key} secret={generated.secret} onClose={onClose} />
}

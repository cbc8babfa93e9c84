/** The truth about saving, in a few words; with why, and what to do, where work could be lost. */

import { useSignal } from '@preact/signals'
import type { Saving } from '../collab/status'

const WORDS: Record<Saving['kind'], string> = {
  opening: 'Opening',
  saved: 'Saved',
  saving: 'Saving',
  keeping: 'Offline, keeping',
  kept: 'Offline, kept on this device',
  offline: 'Offline',
  'read-only': 'Read only',
  'not-saved': 'Not saved'
}

export function Chip({ saving }: { saving: Saving }) {
  return (
    <p class="chip" role="status" data-saving={saving.kind}>
      {WORDS[saving.kind]}
    </p>
  )
}

export function Warning({ saving, text }: { saving: Saving; text: () => string }) {
  const copied = useSignal(false)
  if (!('reason' in saving)) return null
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    copied.value = true
  }
  return (
    <aside class="banner" data-saving={saving.kind} aria-label={WORDS[saving.kind]}>
      <p>
        <strong>{WORDS[saving.kind]}.</strong> {saving.reason}
      </p>
      {saving.kind === 'not-saved' && (
        <button type="button" onClick={copy}>
          {copied.value ? 'Copied' : 'Copy the text'}
        </button>
      )}
    </aside>
  )
}

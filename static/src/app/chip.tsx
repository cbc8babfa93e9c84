/** The truth about saving, in a few words. */

import type { Saving } from '../collab/status'

export const WORDS: Record<Saving['kind'], string> = {
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

/** A word about what was just pasted or copied, at the edge of the page, for a while. */

import type { EditorView } from 'prosemirror-view'

const SHOWN_MILLISECONDS = 12_000

export function tell({ dom }: EditorView, words: string): void {
  const { body } = dom.ownerDocument
  body.querySelector('.pasting')?.remove()
  const note = dom.ownerDocument.createElement('div')
  note.className = 'pasting'
  note.setAttribute('role', 'alert')
  note.textContent = words
  body.append(note)
  note.addEventListener('click', () => note.remove())
  setTimeout(() => note.remove(), SHOWN_MILLISECONDS)
}

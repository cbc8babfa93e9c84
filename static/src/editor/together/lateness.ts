/**
 * A browser tells a moment late that the caret has moved. What happens in that moment, a key or the
 * change of another, must find the caret where it is: or Enter splits the line that was left, and
 * the caret is put back where it came from.
 */

import { yCursorPluginKey } from '@tiptap/y-tiptap'
import { Plugin, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { ofOthers } from './taking'

/** Have the editor look where the caret is, as if the browser had told it. */
export function lookAtCaret(view: EditorView): void {
  if (view.hasFocus() && !view.composing) {
    view.dom.ownerDocument.dispatchEvent(new Event('selectionchange'))
  }
}

/** Apply a transaction; one that merely redraws the carets of others leaves ours alone. */
export function apply(view: EditorView, tr: Transaction): void {
  const redrawn = tr.getMeta(yCursorPluginKey)
  if (redrawn === undefined || tr.docChanged) {
    view.updateState(view.state.apply(ofOthers(view.state, tr)))
    return
  }
  lookAtCaret(view)
  view.updateState(view.state.apply(view.state.tr.setMeta(yCursorPluginKey, redrawn)))
}

/**
 * For a moment behind the focus, ProseMirror takes a caret that goes to the beginning for one that
 * the browser lost, and puts it back. From the first key on it is where that key led.
 */
function believe(view: EditorView): void {
  const { input } = view as unknown as { input?: { lastFocus: number } }
  if (input) input.lastFocus = 0
}

/** Have a key, and what is pasted, go to where the caret is. */
export function keysFindTheCaret(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown(view, event) {
          if (!event.isComposing) lookAtCaret(view)
          believe(view)
          return false
        },
        paste(view) {
          lookAtCaret(view)
          return false
        }
      }
    }
  })
}

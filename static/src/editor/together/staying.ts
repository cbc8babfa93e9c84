/**
 * The caret stays between the letters where it is while others write before it.
 *
 * The binding compares the texts of the caret's block before and after. Where they differ it takes
 * the block for another, and counts letters from its beginning: right for a block that was moved,
 * wrong for one in which somebody else has typed. A block that is still there is believed.
 *
 * The binding also keeps where the caret was counted from the beginning of the document, and looks
 * it up in the document of the moment. If that is another one by then, all of it failed; and while
 * the words are still there, to go through the whole text for them at each key of others is in vain.
 */

import {
  type ProsemirrorBinding,
  relativePositionToAbsolutePosition,
  ySyncPluginKey
} from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import { Plugin, type Selection, TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import * as Y from 'yjs'

export function caretStays(): Plugin {
  return new Plugin({
    appendTransaction(transactions, _before, after) {
      const told = transactions.map((tr) => tr.getMeta(ySyncPluginKey)).find(Boolean)
      if (!told?.isChangeOrigin || told.isUndoRedoOperation) return null
      const { binding } = ySyncPluginKey.getState(after) ?? {}
      const was = binding?.beforeTransactionSelection
      if (was?.type !== 'text') return null
      const selection = selectionOf(was, binding, after.doc)
      return selection && !selection.eq(after.selection) ? after.tr.setSelection(selection) : null
    },
    view(view) {
      forgetCounted(ySyncPluginKey.getState(view.state)?.binding, view)
      return {}
    }
  })
}

/** Have what the binding counted used only in the document it was counted in, for words that went. */
function forgetCounted(binding: ProsemirrorBinding | undefined, view: EditorView): void {
  if (!binding) return
  let was = binding.beforeTransactionSelection
  let countedIn = view.state.doc
  Object.defineProperty(binding, 'beforeTransactionSelection', {
    get() {
      if (was?.type !== 'text') return was
      const isOld = countedIn !== view.state.doc
      const isInVain =
        isOld || [was.anchor, was.head].every((each) => isAmidWords(each, binding.doc))
      return isInVain ? { ...was, absAnchor: null, absHead: null } : was
    },
    set(now) {
      was = now
      countedIn = view.state.doc
    }
  })
}

/** Return where a selection of words is, if the words are still there. */
export function selectionOf(
  { anchor, head }: { anchor: Y.RelativePosition; head: Y.RelativePosition },
  { doc, type, mapping }: ProsemirrorBinding,
  shown: Node
): Selection | null {
  const placeOf = (position: Y.RelativePosition) =>
    isThere(position, doc)
      ? relativePositionToAbsolutePosition(doc, type, position, mapping)
      : null
  const [from, to] = [placeOf(anchor), placeOf(head)]
  if (from === null || to === null) return null
  return TextSelection.between(shown.resolve(from), shown.resolve(to))
}

/** Tell whether words are still there before a position; else the binding may not find it at all. */
function isAmidWords(position: Y.RelativePosition, doc: Y.Doc): boolean {
  const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
  return found !== null && found.index > 0 && isThere(position, doc)
}

/** Tell whether the text that a position is in is still part of the document. */
function isThere(position: Y.RelativePosition, doc: Y.Doc): boolean {
  const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
  if (!(found?.type instanceof Y.XmlText)) return false
  for (let item = found.type._item; item; item = (item.parent as Y.AbstractType<unknown>)._item) {
    if (item.deleted) return false
  }
  return true
}

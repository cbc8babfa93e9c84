/**
 * The caret stays between the letters where it is while others write before it.
 *
 * The binding compares the texts of the caret's block before and after. Where they differ it takes
 * the block for another, and counts letters from its beginning: right for a block that was moved,
 * wrong for one in which somebody else has typed. A block that is still there is believed.
 */

import { relativePositionToAbsolutePosition, ySyncPluginKey } from '@tiptap/y-tiptap'
import { Plugin, TextSelection } from 'prosemirror-state'
import * as Y from 'yjs'

export function caretStays(): Plugin {
  return new Plugin({
    appendTransaction(transactions, _before, after) {
      const told = transactions.map((tr) => tr.getMeta(ySyncPluginKey)).find(Boolean)
      if (!told?.isChangeOrigin || told.isUndoRedoOperation) return null
      const { binding } = ySyncPluginKey.getState(after) ?? {}
      const was = binding?.beforeTransactionSelection
      if (was?.type !== 'text') return null
      const placeOf = (position: Y.RelativePosition) =>
        isThere(position, binding.doc)
          ? relativePositionToAbsolutePosition(
              binding.doc,
              binding.type,
              position,
              binding.mapping
            )
          : null
      const [anchor, head] = [placeOf(was.anchor), placeOf(was.head)]
      if (anchor === null || head === null) return null
      if (anchor === after.selection.anchor && head === after.selection.head) return null
      const [$anchor, $head] = [after.doc.resolve(anchor), after.doc.resolve(head)]
      return after.tr.setSelection(TextSelection.between($anchor, $head))
    }
  })
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

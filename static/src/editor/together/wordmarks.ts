/**
 * Marks are of words alone. The shared text has none for what stands amid words, as a mention or a
 * line break: here they would be seen until somebody else writes in the block, and there never.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { type EditorState, Plugin, type Transaction } from 'prosemirror-state'

export function marksAreOfWords(): Plugin {
  return new Plugin({
    appendTransaction(transactions, before, after) {
      const isForeign = transactions.some((tr) => tr.getMeta(ySyncPluginKey)?.isChangeOrigin)
      if (isForeign || !transactions.some((tr) => tr.docChanged)) return null
      const tr = unmarked(before, after)
      if (!tr.docChanged) return null
      // Who goes on behind it writes as before it.
      const { selection, storedMarks } = after
      return selection.empty ? tr.setStoredMarks(storedMarks ?? selection.$from.marks()) : tr
    }
  })
}

/** Return what takes the marks from all but words, where a state differs from an earlier one. */
function unmarked(before: EditorState, after: EditorState): Transaction {
  const { tr, doc } = after
  const from = before.doc.content.findDiffStart(doc.content)
  const to = before.doc.content.findDiffEnd(doc.content)?.b
  if (from === null || to === undefined) return tr
  doc.nodesBetween(Math.min(from, to), Math.max(from, to), (node, pos) => {
    if (!node.isInline || node.isText) return
    for (const { type } of node.marks) tr.removeNodeMark(pos, type)
  })
  return tr
}

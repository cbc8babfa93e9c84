/**
 * How the editor takes what others wrote: as a change of the blocks that differ, which leaves the
 * page where it is. The binding hands over a whole document made anew, and scrolls to the caret.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { type Node, Slice } from 'prosemirror-model'
import type { EditorState, Transaction } from 'prosemirror-state'

/**
 * The nodes that show the elements of the text. The binding forgets what was changed, and then all
 * the others as well, to make a thousand blocks anew for a letter in one: those are kept.
 */
export class Kept<Element, Shown> extends Map<Element, Shown> {
  override clear(): void {}
}

/** Return what a transaction does as a change of the blocks that differ, if it is one of others. */
export function ofOthers(state: EditorState, tr: Transaction): Transaction {
  const told = tr.getMeta(ySyncPluginKey)
  if (!told?.isChangeOrigin || tr.before !== state.doc) return tr
  const { from, to, slice } = difference(state.doc, tr.doc)
  const taken = state.tr.replace(from, to, slice)
  if (tr.selectionSet) taken.setSelection(tr.selection.getBookmark().resolve(taken.doc))
  // What was chosen for the next letter stays chosen.
  if (taken.selection.empty) taken.setStoredMarks(state.storedMarks)
  taken.setMeta(ySyncPluginKey, told).setMeta('addToHistory', false)
  // What is undone is looked for; where others write is no reason to go there.
  return told.isUndoRedoOperation && tr.scrolledIntoView ? taken.scrollIntoView() : taken
}

/** Return what of a document has to be replaced, and by what, to be another one. */
function difference(before: Node, after: Node): { from: number; to: number; slice: Slice } {
  const least = Math.min(before.childCount, after.childCount)
  let [first, last, from, end] = [0, 0, 0, 0]
  while (first < least && before.child(first) === after.child(first)) {
    from += before.child(first).nodeSize
    first += 1
  }
  while (last < least - first && fromEnd(before, last) === fromEnd(after, last)) {
    end += fromEnd(before, last).nodeSize
    last += 1
  }
  const made = after.content.cut(from, after.content.size - end)
  return { from, to: before.content.size - end, slice: new Slice(made, 0, 0) }
}

function fromEnd(node: Node, number: number): Node {
  return node.child(node.childCount - 1 - number)
}

/** Where blocks stand: one after another in the document, and in each cell of a table. */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import type { Transaction } from 'prosemirror-state'
import type { DecorationSet } from 'prosemirror-view'

export interface Blocks {
  readonly node: Node
  /** The position of its first block. */
  readonly start: number
}

/** Return all that blocks stand in: the document itself first, then the cells. */
export function listsOf(doc: Node): Blocks[] {
  const lists: Blocks[] = [{ node: doc, start: 0 }]
  // What a cell holds may be a table, as in what other programs write.
  for (const { node, start } of lists) {
    node.forEach((child, offset) => {
      if (child.type.spec.tableRole === 'table') lists.push(...cellsOf(child, start + offset))
    })
  }
  return lists
}

function cellsOf(table: Node, pos: number): Blocks[] {
  const cells: Blocks[] = []
  table.forEach((row, toRow) => {
    row.forEach((cell, toCell) => {
      cells.push({ node: cell, start: pos + 1 + toRow + 1 + toCell + 1 })
    })
  })
  return cells
}

/**
 * Return the blocks of a document in which other words stand than before, if nothing else is new in
 * it; null if there are other blocks, or some are of another kind.
 */
export function wordsAlone(before: Node, after: Node): Node[] | null {
  if (before.childCount !== after.childCount) return null
  const changed: Node[] = []
  for (let at = 0; at < after.childCount; at++) {
    const [was, is] = [before.child(at), after.child(at)]
    if (was === is) continue
    if (!is.isTextblock || !is.sameMarkup(was)) return null
    changed.push(is)
  }
  return changed
}

/** Return decorations of whole blocks after a change; words alone move them, and do no more. */
export function follow(
  known: DecorationSet,
  tr: Transaction,
  make: (doc: Node) => DecorationSet
): DecorationSet {
  if (!tr.docChanged) return known
  // A block that others wrote in was put in the place of what it was, and has lost its own.
  const isForeign = tr.getMeta(ySyncPluginKey)?.isChangeOrigin
  if (isForeign || !wordsAlone(tr.before, tr.doc)) return make(tr.doc)
  const moved = known.map(tr.mapping, tr.doc)
  return moved.find().length === known.find().length ? moved : make(tr.doc)
}

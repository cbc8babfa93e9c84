/** Where blocks stand: one after another in the document, and in each cell of a table. */

import type { Node } from 'prosemirror-model'
import type { Transaction } from 'prosemirror-state'
import { Mapping, StepMap } from 'prosemirror-transform'
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

/** A block in which other words stand than before, and where it was. */
export interface Reworded {
  readonly was: Node
  readonly node: Node
  readonly pos: number
}

/**
 * Return the blocks of a document in which other words stand than before, if nothing else is new in
 * it; null if there are other blocks, or some are of another kind.
 */
export function wordsAlone(before: Node, after: Node): Reworded[] | null {
  if (before.childCount !== after.childCount) return null
  const changed: Reworded[] = []
  let pos = 0
  for (let at = 0; at < after.childCount; at++) {
    const [was, node] = [before.child(at), after.child(at)]
    if (was !== node) {
      if (!node.isTextblock || !node.sameMarkup(was)) return null
      changed.push({ was, node, pos })
    }
    pos += was.nodeSize
  }
  return changed
}

/**
 * Return decorations after a change, moved if it is one of words alone in blocks that may be
 * `moved`, else made anew. Where others wrote the change itself would not tell: it puts a whole
 * block in the place of what it was, and what is of that block would be lost.
 */
export function follow(
  known: DecorationSet,
  tr: Transaction,
  make: (doc: Node) => DecorationSet,
  moved: (node: Node) => boolean = () => true
): DecorationSet {
  if (!tr.docChanged) return known
  const changed = wordsAlone(tr.before, tr.doc)
  if (!changed?.every(({ node }) => moved(node))) return make(tr.doc)
  const ranges = changed.map(({ was, node, pos }) => [
    pos + 1,
    was.content.size,
    node.content.size
  ])
  return known.map(new Mapping([new StepMap(ranges.flat())]), tr.doc)
}

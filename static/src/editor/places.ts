/** Where blocks stand: one after another in the document, and in each cell of a table. */

import type { Node } from 'prosemirror-model'

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

/**
 * A table has as many cells in each row. What two people do to it apart may not add up, and where
 * each of their editors mended that, it would be mended twice. So nobody mends what came from
 * others: whoever changes the table next does, and takes what was added once too often away again.
 */

import type { Node } from 'prosemirror-model'
import type { EditorState, Transaction } from 'prosemirror-state'
import { fixTables, TableMap } from 'prosemirror-tables'
import { BLOCK, nodeType } from '../schema'

/** Return a cell to write in. */
export function newCell(header: boolean | null = null): Node {
  return nodeType('cell').create({ header }, BLOCK.create())
}

function isBlank(cell: Node): boolean {
  return (
    cell.content.size <= 2 &&
    cell.textContent === '' &&
    cell.firstChild?.type !== nodeType('figure')
  )
}

function hasSpans(table: Node): boolean {
  let found = false
  table.descendants((node) => {
    if (node.type === nodeType('cell')) found ||= node.attrs.colspan > 1 || node.attrs.rowspan > 1
    return node.type === nodeType('row')
  })
  return found
}

/** Return how many cells most rows have; what is written in is never left out. */
export function widthOf(table: Node): number {
  const counts = new Map<number, number>()
  let needed = 0
  table.forEach((row) => {
    counts.set(row.childCount, (counts.get(row.childCount) ?? 0) + 1)
    let written = row.childCount
    while (written > 0 && isBlank(row.child(written - 1))) written -= 1
    needed = Math.max(needed, written)
  })
  const [usual = 0] =
    [...counts].sort((one, other) => other[1] - one[1] || other[0] - one[0])[0] ?? []
  return Math.max(usual, needed)
}

/** Give each row as many cells, without spans to reckon with. */
function evenOut(tr: Transaction, table: Node, pos: number): void {
  const width = widthOf(table)
  const mapped = tr.mapping.maps.length
  table.forEach((row, offset) => {
    const end = tr.mapping.slice(mapped).map(pos + 1 + offset + row.nodeSize - 1)
    if (row.childCount < width) {
      const header = row.childCount > 0 && isHeader(row)
      const cells = Array.from({ length: width - row.childCount }, () => newCell(header || null))
      tr.insert(end, cells)
    }
    for (let at = row.childCount - 1, to = end; at >= width; at--) {
      const from = to - row.child(at).nodeSize
      tr.delete(from, to)
      to = from
    }
  })
}

/** Tell whether all cells of a row head their columns. */
export function isHeader(row: Node): boolean {
  let all = row.childCount > 0
  row.forEach((cell) => {
    all &&= cell.attrs.header === true
  })
  return all
}

/** Return the tables that a state has and an earlier one had not, with their positions. */
function changedTables(before: Node, after: Node): Array<{ node: Node; pos: number }> {
  const known = new Set(before.content.content)
  const found: Array<{ node: Node; pos: number }> = []
  after.forEach((node, pos) => {
    if (node.type === nodeType('table') && !known.has(node)) found.push({ node, pos })
  })
  return found
}

/** Return what mends the tables that were changed here; null if they are as they should be. */
export function repaired(before: EditorState, after: EditorState): Transaction | null {
  const tables = changedTables(before.doc, after.doc)
  if (tables.length === 0) return null
  let tr = after.tr
  if (tables.some(({ node }) => hasSpans(node))) {
    tr = fixTables(after, before) ?? tr
  } else {
    for (const { node, pos } of tables.reverse()) {
      if (TableMap.get(node).problems) evenOut(tr, node, pos)
    }
  }
  fillCells(tr)
  return tr.docChanged ? tr : null
}

/** There is always something to write in. */
function fillCells(tr: Transaction): void {
  const empty: number[] = []
  tr.doc.forEach((table, pos) => {
    if (table.type !== nodeType('table')) return
    table.descendants((node, offset) => {
      if (node.type === nodeType('cell') && node.childCount === 0) empty.push(pos + 1 + offset + 1)
      return node.type === nodeType('row')
    })
  })
  for (const at of empty.reverse()) tr.insert(at, BLOCK.create())
}

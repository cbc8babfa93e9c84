/**
 * A table has as many cells in each row. What two people do to it apart may not add up, and where
 * each of their editors mended that, it would be mended twice. So nobody mends what came from
 * others: whoever changes the table next does, and takes what was added once too often away again.
 */

import type { Node } from 'prosemirror-model'
import { EditorState, type Transaction } from 'prosemirror-state'
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

/** Return how many columns each row takes up, with the cells that reach down into it. */
function columnsOf(table: Node): number[] {
  const columns = Array.from({ length: table.childCount }, () => 0)
  table.forEach((row, _offset, at) => {
    row.forEach(({ attrs: { colspan, rowspan } }) => {
      for (let reached = at; reached < Math.min(at + rowspan, columns.length); reached++)
        columns[reached] = (columns[reached] ?? 0) + colspan
    })
  })
  return columns
}

/** Return how many columns most rows have; what is written in is never left out. */
export function widthOf(table: Node): number {
  const counts = new Map<number, number>()
  let needed = 0
  columnsOf(table).forEach((columns, at) => {
    counts.set(columns, (counts.get(columns) ?? 0) + 1)
    const row = table.child(at)
    let [written, cells] = [columns, row.childCount]
    while (cells > 0 && isSpare(row.child(cells - 1))) [written, cells] = [written - 1, cells - 1]
    needed = Math.max(needed, written)
  })
  const [usual = 0] =
    [...counts].sort((one, other) => other[1] - one[1] || other[0] - one[0])[0] ?? []
  return Math.max(usual, needed)
}

/** Tell whether a cell may go: it says nothing, and stands for no other. */
function isSpare(cell: Node): boolean {
  return isBlank(cell) && cell.attrs.colspan === 1 && cell.attrs.rowspan === 1
}

/** Give each row as many columns. */
function evenOut(tr: Transaction, table: Node, pos: number): void {
  const width = widthOf(table)
  const columns = columnsOf(table)
  const mapped = tr.mapping.maps.length
  table.forEach((row, offset, number) => {
    const end = tr.mapping.slice(mapped).map(pos + 1 + offset + row.nodeSize - 1)
    const missing = width - (columns[number] ?? 0)
    if (missing > 0) {
      const header = row.childCount > 0 && isHeader(row)
      tr.insert(
        end,
        Array.from({ length: missing }, () => newCell(header || null))
      )
    }
    for (let at = 1, to = end; at <= -missing; at++) {
      const from = to - row.child(row.childCount - at).nodeSize
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
  const { tr } = after
  const broken = tables.filter(({ node }) => TableMap.get(node).problems)
  for (const { node, pos } of [...broken].reverse()) evenOut(tr, node, pos)
  if (broken.some(({ node }) => hasSpans(node))) partSpans(tr, before.doc)
  fillCells(tr)
  return tr.docChanged ? tr : null
}

/** Have no cell reach over another or beyond the table; rows are even already. */
function partSpans(tr: Transaction, before: Node): void {
  const mended = fixTables(
    EditorState.create({ doc: tr.doc }),
    EditorState.create({ doc: before })
  )
  for (const step of mended?.steps ?? []) tr.step(step)
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

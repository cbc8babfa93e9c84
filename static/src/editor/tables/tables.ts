/**
 * Tables: what can be done to them, and what keys do in them. A table heads its columns and rows
 * by an attribute of their cells.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import {
  type Command,
  type EditorState,
  Plugin,
  TextSelection,
  type Transaction
} from 'prosemirror-state'
import {
  addColumn,
  addRow,
  CellSelection,
  deleteTable,
  goToNextCell,
  isInTable,
  mergeCells,
  removeColumn,
  removeRow,
  selectedRect,
  splitCellWithType,
  TableMap,
  type TableRect,
  tableEditing
} from 'prosemirror-tables'
import { begin } from '../commands'
import { BLOCK, nodeType } from '../schema'
import { isHeader, newCell, repaired } from './tablerepair'

const NEW = { rows: 3, columns: 3 }

/** Put a table behind the block, or in its place if it is empty, and the caret into it. */
export const insertTable: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  if (!empty || $from.parent.type !== BLOCK || isInTable(state)) return false
  if (dispatch) {
    begin(state)
    const rows = Array.from({ length: NEW.rows }, (_, row) =>
      nodeType('row').create(
        null,
        Array.from({ length: NEW.columns }, () => newCell(row === 0 || null))
      )
    )
    const table = nodeType('table').create({ indent: $from.parent.attrs.indent }, rows)
    const { tr } = state
    const isBlank = $from.parent.content.size === 0
    const at = isBlank ? $from.before() : $from.after()
    if (isBlank && at + $from.parent.nodeSize < state.doc.content.size) {
      tr.replaceWith(at, at + $from.parent.nodeSize, table)
    } else {
      // Something to go on writing in stays behind it.
      tr.insert(at, at === state.doc.content.size ? [table, BLOCK.create()] : table)
    }
    dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(at + 4))).scrollIntoView())
  }
  return true
}

type Edit = (tr: Transaction) => void

/** Return a command on the table and the cells that are selected. */
function onTable(change: (rect: TableRect, state: EditorState) => Edit | null): Command {
  return (state, dispatch) => {
    if (!isInTable(state)) return false
    const rect = selectedRect(state)
    const edit = change(rect, state)
    if (edit === null) return false
    if (dispatch) {
      begin(state)
      const { tr } = state
      edit(tr)
      dispatch(tr.scrollIntoView())
    }
    return true
  }
}
export function insertRow(side: 'above' | 'below'): Command {
  return onTable((rect) => (tr) => {
    const at = side === 'above' ? rect.top : rect.bottom
    addRow(tr, rect, at)
    const table = tr.doc.nodeAt(rect.tableStart - 1)
    if (table) headLikeNeighbours(tr, table, rect, (row) => row === at)
  })
}

export function insertColumn(side: 'before' | 'after'): Command {
  return onTable((rect) => (tr) => {
    const heads = headRows(rect.table)
    addColumn(tr, rect, side === 'before' ? rect.left : rect.right)
    eachCell(tr.doc.nodeAt(rect.tableStart - 1), (cell, offset, row) => {
      if (heads.has(row) && !cell.attrs.header)
        tr.setNodeAttribute(rect.tableStart + offset, 'header', true)
    })
  })
}

/** In a new row, what stands in a column of headings is one. */
function headLikeNeighbours(
  tr: Transaction,
  table: Node,
  rect: TableRect,
  isNew: (row: number) => boolean
): void {
  const heads = headColumns(rect.table)
  eachCell(table, (_cell, offset, row, column) => {
    if (isNew(row) && heads.has(column))
      tr.setNodeAttribute(rect.tableStart + offset, 'header', true)
  })
}

/** Call for each cell with its offset in the table, its row, and how many cells are before it. */
function eachCell(
  table: Node | null,
  use: (cell: Node, offset: number, row: number, column: number) => void
): void {
  table?.forEach((row, toRow, at) => {
    row.forEach((cell, toCell, column) => {
      use(cell, toRow + 1 + toCell, at, column)
    })
  })
}

function headRows(table: Node): Set<number> {
  const heads = new Set<number>()
  table.forEach((row, _offset, at) => {
    if (isHeader(row)) heads.add(at)
  })
  return heads
}

/** Return the columns that head their rows: below a row that heads its columns, if there is one. */
function headColumns(table: Node): Set<number> {
  const rows = headRows(table)
  const plain = new Set<number>()
  const heads = new Set<number>()
  eachCell(table, (cell, _offset, row, column) => {
    if (rows.has(row)) return
    if (cell.attrs.header) heads.add(column)
    else plain.add(column)
  })
  return new Set([...heads].filter((column) => !plain.has(column)))
}

/** Delete the rows that are selected; the table with its last one. */
export const deleteRows: Command = (state, dispatch) => {
  if (!isInTable(state)) return false
  const { top, bottom, map } = selectedRect(state)
  if (top === 0 && bottom === map.height) return deleteTable(state, dispatch)
  return onTable((rect) => (tr) => {
    for (let row = bottom - 1; row >= top; row--) removeRow(tr, asItIs(tr, rect), row)
  })(state, dispatch)
}

/** Delete the columns that are selected; the table with its last one. */
export const deleteColumns: Command = (state, dispatch) => {
  if (!isInTable(state)) return false
  const { left, right, map } = selectedRect(state)
  if (left === 0 && right === map.width) return deleteTable(state, dispatch)
  return onTable((rect) => (tr) => {
    for (let column = right - 1; column >= left; column--)
      removeColumn(tr, asItIs(tr, rect), column)
  })(state, dispatch)
}

/** Return the table as it is by now. */
function asItIs(tr: Transaction, rect: TableRect): TableRect {
  const table = tr.doc.nodeAt(rect.tableStart - 1) ?? rect.table
  return { ...rect, table, map: TableMap.get(table) }
}

/** Have the first row head its columns, or the first column its rows, or not. */
export function toggleHead(what: 'row' | 'column'): Command {
  return onTable((rect) => (tr) => {
    const rows = headRows(rect.table).has(0)
    const columns = headColumns(rect.table).has(0)
    const [isHead, isCrossed] = what === 'row' ? [rows, columns] : [columns, rows]
    eachCell(rect.table, (cell, offset, row, column) => {
      const [line, along] = what === 'row' ? [row, column] : [column, row]
      // The corner belongs to both.
      const header = !isHead || (isCrossed && along === 0) || null
      if (line === 0 && cell.attrs.header !== header)
        tr.setNodeAttribute(rect.tableStart + offset, 'header', header)
    })
  })
}

export function isHead(state: EditorState, what: 'row' | 'column'): boolean {
  const { table } = selectedRect(state)
  return (what === 'row' ? headRows(table) : headColumns(table)).has(0)
}

/** Set how the text of the columns that are selected is aligned. */
export function alignColumns(align: string | null): Command {
  return onTable((rect) => (tr) => {
    const columns = { ...rect, top: 0, bottom: rect.map.height }
    for (const cell of rect.map.cellsInRect(columns)) {
      const start = rect.tableStart + cell + 1
      rect.table.nodeAt(cell)?.forEach((block, offset) => {
        if (block.type === BLOCK) tr.setNodeAttribute(start + offset, 'align', align)
      })
    }
  })
}

/** Make one cell of those that are selected, or many of one. */
export const mergeOrSplit: Command = (state, dispatch) =>
  mergeCells(state, dispatch) || splitCellWithType(({ node }) => node.type)(state, dispatch)

/** Go on to the next cell; behind the last one there is a new row. */
export const nextCell: Command = (state, dispatch, view) => {
  if (!isInTable(state)) return false
  if (goToNextCell(1)(state, dispatch)) return true
  if (!dispatch || !view) return true
  insertRow('below')(state, dispatch, view)
  return goToNextCell(1)(view.state, dispatch)
}

/** Return to the cell before; from the first one, nowhere. */
export const previousCell: Command = (state, dispatch) => {
  if (!isInTable(state)) return false
  goToNextCell(-1)(state, dispatch)
  return true
}

/** Enter with many cells selected would delete what is in them. */
export const inCells: Command = (state) => state.selection instanceof CellSelection

export { deleteTable, isInTable }

/** Return the plugin of tables, which mends nothing that others did. */
export function tables(): Plugin {
  const editing = tableEditing()
  const normalize = editing.spec.appendTransaction
  return new Plugin({
    ...editing.spec,
    appendTransaction(transactions, before, after) {
      if (transactions.some((tr) => tr.getMeta(ySyncPluginKey)?.isChangeOrigin)) return null
      const changed = transactions.some((tr) => tr.docChanged)
      const mended = changed ? repaired(before, after) : null
      if (mended) return mended
      // With the state as its own past, it looks at what is selected alone.
      return normalize?.call(this, transactions, after, after) ?? null
    }
  })
}

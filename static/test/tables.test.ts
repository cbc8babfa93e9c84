/** What tables are while one writes in them, and when two do. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'prosemirror-state'
import { CellSelection, cellAround, TableMap } from 'prosemirror-tables'
import * as Y from 'yjs'
import {
  deleteColumns,
  deleteRows,
  insertColumn,
  insertRow,
  insertTable,
  mergeOrSplit,
  toggleHead
} from '../src/editor/tables/tables'
import { meet, text, Writer } from './scene'

function run(writer: Writer, command: Command): boolean {
  return command(writer.view.state, writer.view.dispatch, writer.view)
}

/** Return what the cells say, row by row; a heading in brackets. */
function cells(writer: Writer): string[][] {
  const rows: string[][] = []
  writer.view.state.doc.descendants((node) => {
    if (node.type.name === 'row')
      rows.push(
        node.content.content.map((cell) =>
          cell.attrs.header ? `[${cell.textContent}]` : cell.textContent
        )
      )
    return node.type.name !== 'row'
  })
  return rows
}

function table(): Writer {
  const writer = new Writer(text(['block', '']))
  run(writer.at(1), insertTable)
  return writer
}

/** Return two people with one table whose corner says a. */
function two(): [Writer, Writer] {
  const ann = table().type('a')
  return [ann, new Writer(ann.state)]
}

test('a table is inserted with a row of headings, and the caret is in its first cell', () => {
  const writer = table().type('a').press('Tab').type('b')
  assert.deepEqual(cells(writer), [
    ['[a]', '[b]', '[]'],
    ['', '', ''],
    ['', '', '']
  ])
  assert.equal(writer.view.state.doc.lastChild?.type.name, 'block')
})

test('Tab leads from cell to cell, Shift-Tab back, and behind the last there is a new row', () => {
  const writer = table()
  for (let i = 0; i < 8; i++) writer.press('Tab')
  writer.type('last').press('Tab').type('new').press('Shift-Tab').type('!')
  assert.deepEqual(cells(writer).slice(2), [
    ['', '', '!'],
    ['new', '', '']
  ])
})

test('rows and columns are added and taken away; headings head what is new', () => {
  const writer = table().type('a')
  run(writer, toggleHead('column'))
  run(writer, insertColumn('after'))
  run(writer, insertRow('below'))
  assert.deepEqual(cells(writer), [
    ['[a]', '[]', '[]', '[]'],
    ['[]', '', '', ''],
    ['[]', '', '', ''],
    ['[]', '', '', '']
  ])
  run(writer, toggleHead('row'))
  assert.deepEqual(cells(writer)[0], ['[a]', '', '', ''])
  run(writer, deleteRows)
  run(writer, deleteColumns)
  assert.deepEqual(cells(writer), [
    ['', '', ''],
    ['', '', ''],
    ['', '', '']
  ])
})

test('a table goes with its last row, and there is something to write in', () => {
  const writer = table()
  for (let i = 0; i < 3; i++) run(writer, deleteRows)
  assert.deepEqual(
    writer.blocks.map(([name]) => name),
    ['block']
  )
})

test('every block in a cell has an id of its own, and Markdown works there', () => {
  const writer = table().type('- one').press('Enter').type('two')
  const ids: string[] = []
  writer.view.state.doc.descendants((node) => {
    if (node.type.name === 'cell') node.forEach((block) => void ids.push(block.attrs.id))
  })
  assert.ok(ids.every(Boolean))
  assert.equal(new Set(ids).size, ids.length)
  const items: string[] = []
  writer.view.state.doc.descendants((node) => {
    if (node.attrs.type === 'ul') items.push(node.textContent)
  })
  assert.deepEqual(items, ['one', 'two'])
})

test('opening a table writes nothing, and nothing is said of what is as it is unless said', () => {
  const doc = new Y.Doc()
  const [whole, row, cell] = ['table', 'row', 'cell'].map((name) => new Y.XmlElement(name))
  const block = new Y.XmlElement('block')
  block.insert(0, [new Y.XmlText('words')])
  cell?.insert(0, [block])
  row?.insert(0, [cell as Y.XmlElement])
  whole?.insert(0, [row as Y.XmlElement])
  doc.getXmlFragment('default').insert(0, [whole as Y.XmlElement])
  const writer = new Writer(Y.encodeStateAsUpdate(doc))
  assert.equal(writer.wroteOnOpening, 0)
  assert.deepEqual(cells(writer), [['words']])
})

const APART: Array<[string, (one: Writer) => void, (other: Writer) => void, string[][]]> = [
  [
    'one adds a row while another types',
    (one) => run(one, insertRow('below')),
    (other) => other.after('a').type('b'),
    [
      ['[ab]', '[]', '[]'],
      ['', '', ''],
      ['', '', ''],
      ['', '', '']
    ]
  ],
  [
    'one adds a column while another types',
    (one) => run(one, insertColumn('before')),
    (other) => other.after('a').type('b'),
    [
      ['[]', '[ab]', '[]', '[]'],
      ['', '', '', ''],
      ['', '', '', '']
    ]
  ],
  [
    'one adds a row and another a column',
    (one) => run(one, insertRow('below')),
    (other) => run(other.after('a'), insertColumn('after')),
    [
      ['[a]', '[]', '[]', '[]'],
      ['', '', '', ''],
      ['', '', '', ''],
      ['', '', '', '']
    ]
  ]
]

for (const [what, one, other, expected] of APART) {
  test(`${what}: nothing is lost, and whoever writes next makes it rectangular`, () => {
    const [ann, bob] = two()
    one(ann.after('a'))
    other(bob)
    meet(ann, bob)
    const before = ann.state.length
    assert.deepEqual(cells(ann), cells(bob))
    assert.equal(ann.state.length, before)
    ann.after('a').type('c')
    meet(ann, bob)
    for (const each of [ann, bob]) {
      assert.deepEqual(
        cells(each),
        expected.map((row) =>
          row.map((words) => words.replace(/a(b?)\]/, words.includes('ab') ? 'acb]' : 'ac]'))
        )
      )
    }
  })
}

test('what two mended apart is not mended twice', () => {
  const [ann, bob] = two()
  run(ann.after('a'), insertRow('below'))
  run(bob.after('a'), insertColumn('after'))
  meet(ann, bob)
  ann.after('a').type('1')
  bob.after('a').type('2')
  meet(ann, bob)
  assert.equal(new Set(cells(ann).map((row) => row.length)).size, 2)
  ann.after('a').type('3')
  bob.after('a').type('4')
  meet(ann, bob)
  for (const each of [ann, bob])
    assert.deepEqual(
      cells(each).map((row) => row.length),
      [4, 4, 4, 4]
    )
  assert.match(cells(ann)[0]?.[0] ?? '', /^\[a\d{4}\]$/)
})

test('what two mended apart is not mended twice where cells are merged', () => {
  const ann = table().type('a')
  const { state } = ann.view
  const corner = cellAround(state.selection.$from)?.pos ?? 0
  const below = corner + (state.doc.nodeAt(1)?.nodeSize ?? 0)
  ann.view.dispatch(state.tr.setSelection(CellSelection.create(state.doc, corner, below)))
  run(ann, mergeOrSplit)
  const bob = new Writer(ann.state)
  run(ann.at(ann.view.state.doc.content.size - 6), insertRow('below'))
  run(bob.after('a'), insertColumn('after'))
  meet(ann, bob)
  for (let turn = 0; turn < 3; turn++) {
    ann.after('a').type('1')
    bob.after('a').type('2')
    meet(ann, bob)
  }
  for (const each of [ann, bob]) {
    each.view.state.doc.descendants((node) => {
      if (node.type.name !== 'table') return true
      const { width, height, problems } = TableMap.get(node)
      assert.deepEqual({ width, height, problems }, { width: 4, height: 4, problems: null })
      return false
    })
  }
  assert.deepEqual(cells(ann), cells(bob))
})

test('cells are merged and split', () => {
  const writer = table().type('a')
  const { state } = writer.view
  assert.equal(mergeOrSplit(state), false, 'one cell is one already')
  const corner = cellAround(state.selection.$from)?.pos ?? 0
  const row = state.doc.nodeAt(1)?.nodeSize ?? 0
  const below = corner + row
  writer.view.dispatch(state.tr.setSelection(CellSelection.create(state.doc, corner, below)))
  assert.ok(run(writer, mergeOrSplit))
  assert.deepEqual(cells(writer), [
    ['[a]', '[]', '[]'],
    ['', ''],
    ['', '', '']
  ])
  run(writer, mergeOrSplit)
  assert.deepEqual(
    cells(writer).map((each) => each.length),
    [3, 3, 3]
  )
})

test('a table from a spreadsheet is pasted as a table, and into a table cell by cell', () => {
  const html =
    '<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td rowspan="1">4</td></tr></table>'
  const pasting = new Event('paste') as ClipboardEvent
  const fresh = new Writer(text(['block', '']))
  fresh.at(1).view.pasteHTML(html, pasting)
  assert.deepEqual(cells(fresh), [
    ['1', '2'],
    ['3', '4']
  ])
  const inside = table()
  inside.view.pasteHTML(html, pasting)
  assert.deepEqual(
    cells(inside).map((row) => row.map((words) => words.replace(/\W/g, ''))),
    [
      ['1', '2', ''],
      ['3', '4', ''],
      ['', '', '']
    ]
  )
})

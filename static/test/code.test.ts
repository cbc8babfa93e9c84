/** What keys do in code, and what its colours are of. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextSelection } from 'prosemirror-state'
import { partsOf } from '../src/editor/code/colours'
import { LANGUAGES } from '../src/editor/code/languages'
import { text, Writer } from './scene'

function program(words: string, from: number, to = from): Writer {
  const writer = new Writer(text(['code_block', words, { language: 'python' }]))
  const { state, dispatch } = writer.view
  dispatch(state.tr.setSelection(TextSelection.create(state.doc, from + 1, to + 1)))
  return writer
}

const said = (writer: Writer) => writer.blocks[0]?.[1]

test('Tab in code goes on by a step, and shifts all lines that are selected', () => {
  assert.equal(said(program('a\nb', 2).press('Tab')), 'a\n  b')
  assert.equal(said(program('a\nb\nc', 0, 3).press('Tab')), '  a\n  b\nc')
  assert.equal(said(program('a\nb\nc', 0, 2).press('Tab')), '  a\nb\nc')
})

test('Shift-Tab in code shifts lines back, as far as they can be', () => {
  const writer = program('   a\n b\n\tc\nd', 1, 11)
  assert.equal(said(writer.press('Shift-Tab')), ' a\nb\nc\nd')
  assert.equal(said(writer.press('Shift-Tab')), 'a\nb\nc\nd')
})

test('all is selected in two steps: the program, then the document', () => {
  const writer = program('a\nb', 1).press('Mod-a')
  const { from, to } = writer.view.state.selection
  assert.deepEqual([from, to], [1, 4])
})

test('each language that is offered has colours', () => {
  for (const [name] of LANGUAGES) assert.ok(Array.isArray(partsOf(name, 'x = 1')), name)
  const parts = partsOf('python', 'def f():\n  return "x"')
  assert.deepEqual(
    parts.map(({ from, to, what }) => [from, to, what]),
    [
      [0, 3, 'hljs-keyword'],
      [4, 5, 'hljs-title function_'],
      [11, 17, 'hljs-keyword'],
      [18, 21, 'hljs-string']
    ]
  )
})

test('a language that nobody knows has none', () => {
  assert.deepEqual(partsOf('klingon', 'x = 1'), [])
})

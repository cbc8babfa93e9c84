/** Where a caret is while others write: between the letters where it was. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextSelection } from 'prosemirror-state'
import * as Y from 'yjs'
import { text, Writer } from './scene'

test('a caret stays between its letters while another writes before it in the same block', () => {
  const begun = text(['block', 'hello world', { id: 'one' }])
  const [ann, bob] = [new Writer(begun), new Writer(begun)]
  ann.after('hello')
  bob.at(1).type('oh, ')
  Y.applyUpdate(ann.doc, bob.state)
  ann.type('!')
  assert.deepEqual(ann.blocks, [['block', 'oh, hello! world', {}]])
})

test('a selection stays on its words while another writes before it in the same block', () => {
  const begun = text(['block', 'a needle here'])
  const [ann, bob] = [new Writer(begun), new Writer(begun)]
  const { state } = ann.view
  ann.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, 3, 9)))
  bob.at(1)
  for (const letter of 'A needle, and ') {
    bob.type(letter)
    Y.applyUpdate(ann.doc, bob.state)
  }
  const { from, to } = ann.view.state.selection
  assert.equal(ann.view.state.doc.textBetween(0, from, '', ''), 'A needle, and a ')
  assert.equal(ann.view.state.doc.textBetween(from, to, '', ''), 'needle')
})

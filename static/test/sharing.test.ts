/** What an editor does to the text it shares, and what it must not. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initProseMirrorDoc } from '@tiptap/y-tiptap'
import * as Y from 'yjs'
import { turnInto } from '../src/editor/commands'
import { schema } from '../src/editor/schema'
import { copied, mirror } from '../src/editor/together/binding'
import { text, Writer } from './scene'

/** Return a text of two texts side by side, which the binding would make one. */
function sideBySide(): Y.Doc {
  const doc = new Y.Doc()
  const block = new Y.XmlElement('block')
  block.insert(0, [new Y.XmlText('side '), new Y.XmlText('by side')])
  doc.getXmlFragment('default').insert(0, [block])
  return doc
}

function updatesOf(doc: Y.Doc, work: () => void): number {
  let updates = 0
  const count = () => {
    updates += 1
  }
  doc.on('update', count)
  work()
  doc.off('update', count)
  return updates
}

test('who may only read writes nothing, not even what the binding would tidy', () => {
  const doc = sideBySide()
  const read = () => initProseMirrorDoc(mirror(doc, 'default'), schema).doc.textContent
  assert.equal(
    updatesOf(doc, () => assert.equal(read(), 'side by side')),
    0
  )
})

test('what is copied to be carried away is left as it is', () => {
  const doc = sideBySide()
  const updates = updatesOf(doc, () => initProseMirrorDoc(copied(doc, 'default'), schema))
  assert.equal(updates, 0)
})

test('a mirror follows what is written, and nothing comes back from it', () => {
  const doc = sideBySide()
  const shown = mirror(doc, 'default')
  const block = doc.getXmlFragment('default').get(0) as Y.XmlElement
  block.setAttribute('type', 'quote')
  assert.equal((shown.get(0) as Y.XmlElement).getAttribute('type'), 'quote')
  const updates = updatesOf(doc, () => shown.delete(0, 1))
  assert.equal(updates, 0)
})

test('what is typed in one go is undone in one; a change of type begins another step', () => {
  const writer = new Writer(text(['block', '']))
  writer.at(1).type('one two')
  turnInto({ type: 'quote' })(writer.view.state, writer.view.dispatch)
  writer.type(' three')
  assert.deepEqual(writer.blocks, [['block', 'one two three', { type: 'quote' }]])
  writer.press('Mod-z')
  assert.deepEqual(writer.blocks, [['block', 'one two', {}]])
  writer.press('Mod-z')
  assert.deepEqual(writer.blocks, [['block', '', {}]])
})

test('two marks of one kind over the same words are both kept', () => {
  const doc = new Y.Doc()
  const block = new Y.XmlElement('block')
  const words = new Y.XmlText()
  words.insert(0, 'said twice', { 'comment--AbCdEf12': { id: 'one' } })
  words.format(5, 5, { 'comment--GhIjKl34': { id: 'two' } })
  block.insert(0, [words])
  doc.getXmlFragment('default').insert(0, [block])
  const writer = new Writer(Y.encodeStateAsUpdate(doc))
  assert.equal(writer.wroteOnOpening, 0)
  const ids: string[][] = []
  writer.view.state.doc.descendants((node) => {
    if (node.isText) ids.push(node.marks.map((mark) => mark.attrs.id))
  })
  assert.deepEqual(ids, [['one'], ['one', 'two']])
})

test('the caret stays, though two changes of others come at once and the text gets shorter', () => {
  const writer = new Writer(text(['block', 'of many words'], ['block', 'two'], ['block', 'three']))
  writer.after('three')
  const fragment = writer.doc.getXmlFragment('default')
  writer.doc.once('afterTransaction', () => {
    writer.doc.transact(() => (fragment.get(0) as Y.XmlElement).setAttribute('type', 'quote'))
  })
  writer.doc.transact(() => fragment.delete(0, 1))
  writer.type('!')
  assert.deepEqual(writer.blocks, [
    ['block', 'two', { type: 'quote' }],
    ['block', 'three!', {}]
  ])
})

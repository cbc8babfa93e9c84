/** Marks are of words alone: what stands amid them, as a mention, has none, here as for others. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextSelection } from 'prosemirror-state'
import * as Y from 'yjs'
import { mark } from '../src/editor/commands'
import { meet, Writer } from './scene'

/** Return two people in one text: words, a mention, words. */
function two(): [Writer, Writer] {
  const doc = new Y.Doc()
  const block = new Y.XmlElement('block')
  const mention = new Y.XmlElement('mention')
  mention.setAttribute('label', 'Ann')
  block.insert(0, [new Y.XmlText('ask '), mention, new Y.XmlText(' today')])
  doc.getXmlFragment('default').insert(0, [block])
  const update = Y.encodeStateAsUpdate(doc)
  return [new Writer(update), new Writer(update)]
}

function selectAll({ view }: Writer): void {
  const { doc, tr } = view.state
  view.dispatch(tr.setSelection(TextSelection.create(doc, 1, doc.content.size - 1)))
}

for (const name of ['bold', 'highlight', 'code']) {
  test(`what one makes ${name} with a mention amid is the same for the other`, () => {
    const [ann, bob] = two()
    selectAll(ann)
    mark(name)(ann.view.state, ann.view.dispatch)
    meet(ann, bob)
    const [mine, theirs] = [ann.view.state.doc.toJSON(), bob.view.state.doc.toJSON()]
    assert.deepEqual(mine, theirs)
    bob.after(' today').type('!')
    meet(ann, bob)
    assert.deepEqual(ann.view.state.doc.toJSON(), bob.view.state.doc.toJSON())
    const [inside] = ann.view.state.doc.toJSON().content
    const marked = inside.content.map((each: { type: string; marks?: unknown[] }) => [
      each.type,
      each.marks?.length ?? 0
    ])
    assert.deepEqual(marked, [
      ['text', 1],
      ['mention', 0],
      ['text', 1]
    ])
    selectAll(ann)
    mark(name)(ann.view.state, ann.view.dispatch)
    meet(ann, bob)
    assert.deepEqual(ann.view.state.doc.toJSON(), bob.view.state.doc.toJSON())
    assert.equal(JSON.stringify(bob.view.state.doc.toJSON()).includes('marks'), false)
  })
}

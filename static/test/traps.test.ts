/** What editors on Yjs are known to do to a text, and ours does not. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'
import { elementsAt, moveBlocks, placesOf, withInside } from '../src/editor/blocks/rearranging'
import { turnInto } from '../src/editor/commands'
import { isOurs } from '../src/editor/together/binding'
import { meet, text, Writer } from './scene'

test('opening a text writes nothing into it, whatever it holds', () => {
  const strange = text(
    ['block', 'ours'],
    ['columns', 'precious'],
    ['block', 'odd', { type: 'unheard of', glow: true }],
    ['code_block', 'x = 1'],
    ['figure', 'text where none belongs']
  )
  const writer = new Writer(strange)
  assert.equal(writer.wroteOnOpening, 0)
  const said = writer.blocks.map(([, words]) => words)
  assert.deepEqual(said, ['ours', 'precious', 'odd', 'x = 1', 'text where none belongs'])
})

test('a mark that is not known stays, and so does its text', () => {
  const doc = new Y.Doc()
  const block = new Y.XmlElement('block')
  const words = new Y.XmlText()
  words.insert(0, 'glowing', { glow: true })
  block.insert(0, [words])
  doc.getXmlFragment('default').insert(0, [block])
  const writer = new Writer(Y.encodeStateAsUpdate(doc))
  assert.equal(writer.wroteOnOpening, 0)
  assert.deepEqual(writer.blocks, [['block', 'glowing', {}]])
})

test('what is not known stays when something else is written', () => {
  const writer = new Writer(text(['block', 'ours'], ['columns', 'precious']))
  writer.after('ours').type(' too')
  const elements = writer.doc.getXmlFragment('default').toArray() as Y.XmlElement[]
  assert.deepEqual(
    elements.map((each) => each.nodeName),
    ['block', 'columns']
  )
})

for (const [name, kind] of Object.entries({
  heading: { type: 'h', level: 2 },
  list: { type: 'ul' },
  task: { type: 'task' },
  quote: { type: 'quote' }
})) {
  test(`turning a block into a ${name} keeps what another types in it meanwhile`, () => {
    const begun = text(['block', 'hello world'])
    const [ann, bob] = [new Writer(begun), new Writer(begun)]
    ann.at(1)
    turnInto(kind)(ann.view.state, ann.view.dispatch)
    bob.after('world').type(' typed')
    meet(ann, bob)
    for (const writer of [ann, bob]) {
      assert.deepEqual(writer.blocks, [['block', 'hello world typed', kind]])
    }
  })
}

test('one who undoes takes back what is theirs alone', () => {
  const begun = text(['block', 'here: '])
  const [ann, bob] = [new Writer(begun), new Writer(begun)]
  ann.after('here: ').type('ann')
  meet(ann, bob)
  bob.after('ann').type(' bob')
  meet(ann, bob)
  ann.press('Mod-z')
  meet(ann, bob)
  assert.deepEqual(bob.blocks, [['block', 'here:  bob', {}]])
})

test('an editor answers to the change of another with none of its own', () => {
  const begun = text(['block', 'one'])
  const [ann, bob] = [new Writer(begun), new Writer(begun)]
  ann.after('one').press('Enter').type('two')
  let answers = 0
  bob.doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== 'ann') answers += 1
  })
  Y.applyUpdate(bob.doc, ann.state, 'ann')
  assert.equal(answers, 0)
  assert.deepEqual(bob.blocks, ann.blocks)
})

test('a text is ours if something in it is; empty, or made elsewhere, it is not', () => {
  const fragment = (update: Uint8Array) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, update)
    return doc.getXmlFragment('default')
  }
  assert.equal(isOurs(fragment(text(['block', '']))), true)
  assert.equal(isOurs(fragment(text(['columns', 'x'], ['block', 'y']))), true)
  assert.equal(isOurs(fragment(text())), false)
  assert.equal(isOurs(fragment(text(['paragraph', 'x'], ['heading', 'y']))), false)
})

/** Return two people in a text whose blocks say these words. */
function two(...words: string[]): [Writer, Writer] {
  const begun = text(
    ...words.map((each): [string, string, Record<string, unknown>] => [
      'block',
      each,
      { id: `id of ${each}` }
    ])
  )
  return [new Writer(begun), new Writer(begun)]
}

const said = (writer: Writer) => writer.blocks.map(([, words]) => words)
const ids = (writer: Writer) => writer.view.state.doc.content.content.map(({ attrs }) => attrs.id)

for (const [before, after, keys] of [
  [['a', 'b'], ['b typed', 'a'], 'Alt-ArrowDown'],
  [['a', 'b', 'c'], ['b typed', 'a', 'c'], 'Alt-ArrowDown'],
  [['b', 'a'], ['a', 'b typed'], 'Alt-ArrowUp'],
  [['c', 'b', 'a'], ['c', 'a', 'b typed'], 'Alt-ArrowUp']
] as const) {
  test(`${keys} in ${before.length} blocks keeps what another types in the neighbour`, () => {
    const [ann, bob] = two(...before)
    ann.after('a').press(keys)
    bob.after('b').type(' typed')
    meet(ann, bob)
    for (const writer of [ann, bob]) {
      assert.deepEqual(said(writer), after)
      assert.deepEqual(
        ids(writer),
        after.map((each) => `id of ${each[0]}`)
      )
    }
    ann.type('!')
    assert.ok(said(ann).includes('a!'), 'the caret went with its block')
    ann.press('Mod-z').press('Mod-z')
    assert.deepEqual(
      said(ann),
      before.map((each) => (each === 'b' ? 'b typed' : each))
    )
  })
}

test('several blocks that are moved far leave those between them as they are', () => {
  const [ann, bob] = two('a', 'b', 'c', 'd', 'e')
  const { state, dispatch } = ann.view
  moveBlocks([0, 1], 4)(state, dispatch, ann.view)
  bob.after('c').type(' first')
  bob.after('d').type(' then')
  meet(ann, bob)
  assert.deepEqual(said(ann), ['c first', 'd then', 'a', 'b', 'e'])
  assert.deepEqual(said(bob), said(ann))
  assert.equal(new Set(ids(ann)).size, 5)
})

test('a block is found again by what it is, wherever others have put it', () => {
  const [ann, bob] = two('a', 'b', 'c')
  const elements = elementsAt(ann.view.state, [1])
  bob.at(1).type('above').press('Enter')
  bob.after('b').type(' typed')
  meet(ann, bob)
  assert.deepEqual(placesOf(ann.view.state, elements), [2])
})

test('what stands inside a block goes where it goes', () => {
  const writer = new Writer(
    text(
      ['block', 'a'],
      ['block', 'b', { indent: 1 }],
      ['block', 'c', { indent: 2 }],
      ['block', 'd']
    )
  )
  assert.deepEqual(withInside(writer.view.state.doc, 0), [0, 1, 2])
  assert.deepEqual(withInside(writer.view.state.doc, 3), [3])
})

for (const others of ['write elsewhere', 'leave little of the text']) {
  test(`the caret is where something was undone, and stays there while others ${others}`, () => {
    const begun = text(['block', 'a long line'], ['block', 'another line'], ['block', 'mine'])
    const [ann, bob] = [new Writer(begun), new Writer(begun)]
    ann.after('mine').type(' too').after('a lo')
    meet(ann, bob)
    ann.press('Mod-z')
    assert.equal(ann.view.state.selection.$from.parent.textContent, 'mine')
    assert.equal(ann.view.state.selection.$from.parentOffset, 4)
    ann.after('mi')
    if (others === 'write elsewhere') bob.after('another').type(' and another')
    else bob.doc.getXmlFragment('default').delete(0, 2)
    meet(ann, bob)
    assert.equal(ann.view.state.selection.$from.parent.textContent, 'mine')
    assert.equal(ann.view.state.selection.$from.parentOffset, 2)
    const written = bob.blocks.map(([, words]) => words)
    assert.deepEqual(
      ann.blocks.map(([, words]) => words),
      written
    )
    assert.equal(written.at(-1), 'mine')
  })
}

test('what others write is a change of the blocks they wrote in', () => {
  const begun = text(['block', 'one'], ['block', 'two'], ['block', 'three'])
  const [ann, bob] = [new Writer(begun), new Writer(begun)]
  const shown = () => ann.view.state.doc.content.content
  const [one, , three] = shown()
  bob.after('two').type('!')
  meet(ann, bob)
  assert.equal(shown()[1]?.textContent, 'two!')
  assert.ok(shown()[0] === one && shown()[2] === three)
})

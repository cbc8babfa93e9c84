/** A block that two move at the same time. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removeTwins } from '../src/editor/together/twins'
import { meet, text, Writer } from './scene'

const BEGUN = text(
  ['block', 'first', { id: 'a' }],
  ['block', 'second', { id: 'b' }],
  ['block', 'third', { id: 'c' }]
)

const aMoment = Promise.resolve()

function writers(...writable: boolean[]): Writer[] {
  return writable.map((each) => {
    const writer = new Writer(BEGUN)
    removeTwins(writer.doc.getXmlFragment('default'), () => each)
    return writer
  })
}

/** Let two hear of one another, until neither has anything to say. */
async function settle(one: Writer, other: Writer): Promise<void> {
  for (let round = 0; round < 4; round++) {
    meet(one, other)
    await aMoment
  }
}

const ids = (writer: Writer) => writer.view.state.doc.children.map((node) => node.attrs.id)
const words = (writer: Writer) => writer.blocks.map(([, said]) => said)

test('a block that two move at once is there once', async () => {
  const [ann, bob] = writers(true, true) as [Writer, Writer]
  for (const each of [ann, bob]) each.after('first').press('Alt-ArrowDown')
  await settle(ann, bob)
  for (const each of [ann, bob]) {
    assert.deepEqual(words(each), ['second', 'first', 'third'])
    assert.deepEqual(ids(each), ['b', 'a', 'c'])
  }
})

test('what one wrote in a block that another moved at the same time as they stays', async () => {
  const [ann, bob] = writers(true, true) as [Writer, Writer]
  for (const each of [ann, bob]) each.after('first').press('Alt-ArrowDown')
  bob.after('first').type(', and more')
  await settle(ann, bob)
  assert.deepEqual(words(ann).sort(), ['first', 'first, and more', 'second', 'third'])
  assert.equal(new Set(ids(ann)).size, 4)
  assert.deepEqual(ann.blocks, bob.blocks)
})

test('whoever undoes a move that two made leaves the block there once', async () => {
  const [ann, bob] = writers(true, true) as [Writer, Writer]
  for (const each of [ann, bob]) each.after('first').press('Alt-ArrowDown')
  await settle(ann, bob)
  bob.press('Mod-z')
  await settle(ann, bob)
  assert.deepEqual(words(ann).sort(), ['first', 'second', 'third'])
  assert.deepEqual(ann.blocks, bob.blocks)
})

test('who may not write leaves twins alone', async () => {
  const [ann, bob] = writers(false, false) as [Writer, Writer]
  for (const each of [ann, bob]) each.after('first').press('Alt-ArrowDown')
  await settle(ann, bob)
  assert.deepEqual(ids(ann), ['b', 'a', 'a', 'c'])
})

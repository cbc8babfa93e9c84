/** What toggles hide, and from whom. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldedIn } from '../src/editor/blocks/toggles'
import { meet, text, Writer } from './scene'

const page = () =>
  new Writer(
    text(
      ['block', 'head', { type: 'toggle', id: 'a' }],
      ['block', 'inside', { indent: 1, id: 'b' }],
      ['block', 'deeper', { indent: 2, id: 'c' }],
      ['block', 'after', { id: 'd' }]
    )
  )

/** Return the words that are hidden. */
function hidden(writer: Writer): string[] {
  return [...writer.view.dom.querySelectorAll('.folded')].map((each) => each.textContent ?? '')
}

const expanded = (writer: Writer) =>
  writer.view.dom.querySelector('.toggle button')?.getAttribute('aria-expanded')

test('a toggle hides what stands deeper behind it, by a key and back', () => {
  const writer = page().after('head').press('Mod-Enter')
  assert.deepEqual(hidden(writer), ['inside', 'deeper'])
  assert.equal(expanded(writer), 'false')
  writer.press('Mod-Enter')
  assert.deepEqual(hidden(writer), [])
  assert.equal(expanded(writer), 'true')
})

test('whoever gets into what is hidden unfolds it', () => {
  const writer = page().after('head').press('Mod-Enter')
  writer.after('deeper')
  assert.deepEqual(hidden(writer), [])
})

test('what is written behind a folded head is seen', () => {
  const writer = page().after('head').press('Mod-Enter').press('Enter').type('new')
  assert.deepEqual(hidden(writer), [])
  assert.deepEqual(writer.blocks[1], ['block', 'new', { indent: 1 }])
})

test('a toggle that another folds over a caret stays folded until something is typed there', () => {
  const ann = page()
  const bob = new Writer(ann.state)
  bob.after('deeper')
  ann.after('head').press('Mod-Enter')
  meet(ann, bob)
  for (const each of [ann, bob]) assert.equal(foldedIn(each.view.state.doc).length, 1)
  bob.type('!')
  meet(ann, bob)
  assert.equal(ann.blocks[2]?.[1], 'deeper!')
  for (const each of [ann, bob]) assert.deepEqual(hidden(each), [])
})

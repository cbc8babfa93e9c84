/** What a document without a title is called by while it is written. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import './window'
import { beginningOf } from '../src/editor/blocks/beginning'
import { schema } from '../src/editor/schema'

function cell(words: string): object {
  return { type: 'cell', content: [{ type: 'block', content: [{ type: 'text', text: words }] }] }
}

test('a table is called by its first row, its cells apart', () => {
  const row = (...words: string[]) => ({ type: 'row', content: words.map(cell) })
  const table = { type: 'table', content: [row('One', 'Two'), row('Three', 'Four')] }
  assert.equal(beginningOf(schema.nodeFromJSON({ type: 'doc', content: [table] })), 'One Two')
})

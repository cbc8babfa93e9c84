/** Updates of others are taken once a frame, merged, and lose nothing. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as Y from 'yjs'
import { Gathering } from '../src/collab/gathering'

/** Return what somebody sends who types so many letters. */
function typed(letters: number): Uint8Array[] {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  for (let i = 0; i < letters; i += 1) doc.getText('t').insert(i, String(i % 10))
  return updates
}

function taking(): { doc: Y.Doc; gathering: Gathering; taken: () => number } {
  const doc = new Y.Doc()
  let taken = 0
  const gathering = new Gathering((update) => {
    taken += 1
    Y.applyUpdate(doc, update)
  })
  return { doc, gathering, taken: () => taken }
}

test('one update alone is taken at once', () => {
  const { doc, gathering } = taking()
  const [first] = typed(1)
  assert.equal(gathering.add(first as Uint8Array, 1000), 0)
  assert.equal(doc.getText('t').toString(), '0')
})

test('what comes within the frame waits, and is taken as one', () => {
  const { doc, gathering, taken } = taking()
  const due = typed(10).map((update, number) => gathering.add(update, 1000 + number))
  assert.deepEqual(due.slice(0, 3), [0, 15, 14])
  assert.equal(taken(), 1)
  gathering.flush(1016)
  assert.equal(taken(), 2)
  assert.equal(doc.getText('t').toString(), '0123456789')
  assert.equal(gathering.isEmpty, true)
})

test('while more than three write, more is gathered; afterwards as before', () => {
  const { gathering } = taking()
  const updates = typed(4)
  for (const client of [1, 2, 3, 4]) gathering.stirred(client, 1000)
  gathering.add(updates[0] as Uint8Array, 1000)
  assert.equal(gathering.add(updates[1] as Uint8Array, 1010), 70)
  gathering.flush(1080)
  gathering.add(updates[2] as Uint8Array, 5000)
  assert.equal(gathering.add(updates[3] as Uint8Array, 5001), 15)
})

test('no more than so many wait', () => {
  const { doc, gathering } = taking()
  for (const update of typed(600)) gathering.add(update, 1000)
  assert.equal(doc.getText('t').length >= 500, true)
})

test('nothing that waits is handed on when nothing waits', () => {
  const { gathering, taken } = taking()
  gathering.flush(1000)
  assert.equal(taken(), 0)
})

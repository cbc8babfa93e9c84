/** What counts as settled, frame by frame, as the provider sends them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as encoding from 'lib0/encoding'
import { Receipts } from '../src/collab/receipts'

function frame(kind: number, ...rest: number[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, 'document')
    for (const number of [kind, ...rest]) encoding.writeVarUint(encoder, number)
  })
}

const STEP1 = frame(0, 0, 0)
const STEP2 = frame(0, 1, 0)
const UPDATE = frame(0, 2, 0)
const SETTLED = frame(8, 1)
const NOT_SETTLED = frame(8, 0)

/** Return receipts of a socket on which the handshake is done. */
function connected(): Receipts {
  const receipts = new Receipts()
  receipts.opened()
  receipts.sent(STEP1)
  receipts.sent(STEP2)
  receipts.received(SETTLED)
  return receipts
}

test('nothing is settled before the handshake is', () => {
  const receipts = new Receipts()
  assert.equal(receipts.settled, false)
  receipts.opened()
  receipts.sent(STEP1)
  assert.equal(receipts.settled, false)
  receipts.sent(STEP2)
  assert.equal(receipts.settled, false)
  receipts.received(SETTLED)
  assert.equal(receipts.settled, true)
})

test('an edit is settled by its own acknowledgement', () => {
  const receipts = connected()
  receipts.edited()
  assert.equal(receipts.settled, false)
  receipts.sent(UPDATE)
  assert.equal(receipts.settled, false)
  receipts.received(SETTLED)
  assert.equal(receipts.settled, true)
})

test('two edits take two acknowledgements', () => {
  const receipts = connected()
  for (let i = 0; i < 2; i++) {
    receipts.edited()
    receipts.sent(UPDATE)
  }
  receipts.received(SETTLED)
  assert.equal(receipts.settled, false)
  receipts.received(SETTLED)
  assert.equal(receipts.settled, true)
})

test('an edit that was not sent is not settled by what is acknowledged', () => {
  const receipts = connected()
  receipts.edited()
  receipts.received(SETTLED)
  assert.equal(receipts.settled, false)
})

test('edits of before a reconnection are settled by the handshake, not by the first of them', () => {
  const receipts = connected()
  receipts.edited()
  receipts.edited()
  receipts.opened()
  receipts.sent(STEP1)
  // The provider sends what it had queued, and then the whole in the handshake.
  receipts.sent(UPDATE)
  receipts.sent(UPDATE)
  receipts.received(SETTLED)
  receipts.received(SETTLED)
  assert.equal(receipts.settled, false)
  receipts.sent(STEP2)
  assert.equal(receipts.settled, false)
  receipts.received(SETTLED)
  assert.equal(receipts.settled, true)
})

test('a refusal settles nothing', () => {
  const receipts = connected()
  receipts.edited()
  receipts.sent(UPDATE)
  receipts.received(NOT_SETTLED)
  assert.equal(receipts.settled, false)
})

test('what the server asks for in between is not owed an acknowledgement', () => {
  const receipts = connected()
  receipts.sent(STEP2)
  assert.equal(receipts.settled, true)
})

test('the server has told all that it had with its step 2, and anew with each socket', () => {
  const receipts = connected()
  assert.equal(receipts.told, false)
  receipts.received(STEP2)
  assert.equal(receipts.told, true)
  receipts.opened()
  assert.equal(receipts.told, false)
})

test('pings say nothing', () => {
  const receipts = connected()
  receipts.sent(new Uint8Array([10]))
  receipts.received(new Uint8Array([9]))
  assert.equal(receipts.settled, true)
})

/** What is said of saving is true, whatever happens in whatever order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BEGINNING,
  evolve,
  type Happening,
  NO_DEVICE,
  type Saving,
  type Standing,
  saving,
  wouldLose
} from '../src/collab/status'

const OPENED: Happening[] = [
  { type: 'device', device: 'kept' },
  { type: 'opened' },
  { type: 'admitted', writable: true },
  { type: 'synced' }
]

function after(...happenings: Happening[]): Standing {
  return happenings.reduce(evolve, BEGINNING)
}

function said(...happenings: Happening[]): Saving['kind'] {
  return saving(after(...happenings)).kind
}

test('a page that opens has saved nothing yet', () => {
  assert.equal(said(), 'opening')
  assert.equal(said({ type: 'opened' }), 'opening')
  assert.equal(said({ type: 'opened' }, { type: 'admitted', writable: true }), 'opening')
})

test('what was read from the server is saved', () => {
  assert.equal(said(...OPENED), 'saved')
})

test('an edit is being saved until it is settled', () => {
  assert.equal(said(...OPENED, { type: 'edited' }), 'saving')
  assert.equal(said(...OPENED, { type: 'edited' }, { type: 'settled' }), 'saved')
})

test('offline, an edit is kept only when the device has written it', () => {
  const offline: Happening[] = [...OPENED, { type: 'closed' }, { type: 'edited' }]
  assert.equal(said(...offline, { type: 'device', device: 'writing' }), 'keeping')
  assert.equal(said(...offline, { type: 'device', device: 'kept' }), 'kept')
})

test('offline and on no device, an edit is not saved, and the page says why', () => {
  for (const device of ['none', 'failing'] as const) {
    const standing = after(
      ...OPENED,
      { type: 'closed' },
      { type: 'edited' },
      { type: 'device', device }
    )
    assert.deepEqual(saving(standing), { kind: 'not-saved', reason: NO_DEVICE })
    assert.equal(wouldLose(standing), true)
  }
})

test('who wrote nothing is merely offline', () => {
  const standing = after(...OPENED, { type: 'closed' })
  assert.equal(saving(standing).kind, 'offline')
  assert.equal(wouldLose(standing), false)
})

test('a connection that comes back has saved nothing by coming back', () => {
  const back: Happening[] = [...OPENED, { type: 'closed' }, { type: 'edited' }, { type: 'opened' }]
  assert.equal(said(...back), 'saving')
  assert.equal(said(...back, { type: 'synced' }), 'saving')
  assert.equal(said(...back, { type: 'synced' }, { type: 'settled' }), 'saved')
})

test('a refusal says why; if something was written, it is not saved', () => {
  const refusal: Happening = { type: 'refused', reason: 'It is in the trash.' }
  assert.deepEqual(saving(after(...OPENED, refusal)), {
    kind: 'read-only',
    reason: 'It is in the trash.'
  })
  const standing = after(...OPENED, { type: 'edited' }, refusal)
  assert.deepEqual(saving(standing), { kind: 'not-saved', reason: 'It is in the trash.' })
  assert.equal(wouldLose(standing), true)
})

test('a refusal ends when the server lets in again', () => {
  const again: Happening[] = [{ type: 'closed' }, ...OPENED]
  assert.equal(said(...OPENED, { type: 'refused', reason: 'x' }, ...again), 'saved')
})

test('who may only read is told so, and that what was written offline is not saved', () => {
  const readonly: Happening[] = [{ type: 'opened' }, { type: 'admitted', writable: false }]
  assert.equal(said(...readonly), 'read-only')
  assert.equal(said({ type: 'edited' }, ...readonly), 'not-saved')
})

test('nothing that happens says saved while an edit is unsettled', () => {
  const all: Happening[] = [
    ...OPENED,
    { type: 'closed' },
    { type: 'refused', reason: 'x' },
    { type: 'admitted', writable: false },
    { type: 'device', device: 'writing' },
    { type: 'device', device: 'failing' }
  ]
  const edited = after(...OPENED, { type: 'edited' })
  for (const first of all) {
    for (const second of all) {
      for (const third of all) {
        const standing = [first, second, third].reduce(evolve, edited)
        assert.notEqual(saving(standing).kind, 'saved')
        assert.notEqual(saving(standing).kind, 'offline')
      }
    }
  }
})

test('a page that cannot connect is offline, and not about to open for ever', () => {
  assert.equal(said({ type: 'device', device: 'kept' }, { type: 'closed' }), 'offline')
})

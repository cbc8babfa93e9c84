/** Telling where the caret is: at once, but no oftener than it can be seen to move. */

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { MOMENT_MILLISECONDS, whereabouts } from '../src/editor/together/whereabouts'

function scene() {
  mock.timers.enable({ apis: ['setTimeout'] })
  const awareness = new Awareness(new Y.Doc())
  const told: unknown[] = []
  awareness.on('update', () => told.push(awareness.getLocalState()?.cursor))
  const ours = whereabouts(awareness)
  return {
    told,
    move: (to: unknown) => ours.setLocalStateField('cursor', to),
    where: () => ours.getLocalState()?.cursor,
    end: () => {
      awareness.destroy()
      mock.timers.reset()
    }
  }
}

test('a caret that moves at every key is told at once, and then once a moment', () => {
  const { told, move, end } = scene()
  for (let at = 1; at <= 30; at += 1) {
    move(at)
    mock.timers.tick(MOMENT_MILLISECONDS / 5)
  }
  mock.timers.tick(MOMENT_MILLISECONDS)
  assert.deepEqual(told, [1, 5, 10, 15, 20, 25, 30])
  end()
})

test('a caret that comes back where it was last told is told nowhere else', () => {
  const { told, move, where, end } = scene()
  move(1)
  move(2)
  assert.equal(where(), 2)
  move(1)
  mock.timers.tick(2 * MOMENT_MILLISECONDS)
  assert.deepEqual([told, where()], [[1], 1])
  end()
})

test('who leaves the text is gone at once', () => {
  const { told, move, end } = scene()
  move(1)
  move(2)
  move(null)
  mock.timers.tick(2 * MOMENT_MILLISECONDS)
  assert.deepEqual(told, [1, null])
  end()
})

test('where somebody is, is not told again when others move', () => {
  const { told, move, end } = scene()
  move(1)
  mock.timers.tick(MOMENT_MILLISECONDS)
  move(1)
  mock.timers.tick(MOMENT_MILLISECONDS)
  assert.deepEqual(told, [1])
  end()
})

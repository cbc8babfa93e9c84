/** What floats is put where there is room, and where one looks for it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sideFor } from '../src/editor/menus/placing'

test('it is where it was wished while it fits there', () => {
  assert.equal(sideFor({ below: 300, above: 900 }, 300, 300, 'below'), 'below')
  assert.equal(sideFor({ below: 900, above: 300 }, 300, 300, 'above'), 'above')
})

test('a list that scrolls stays where it was wished while enough of it is seen', () => {
  assert.equal(sideFor({ below: 160, above: 900 }, 300, 160, 'below'), 'below')
  assert.equal(sideFor({ below: 159, above: 900 }, 300, 160, 'below'), 'above')
})

test('where it fits nowhere it is where there is more room', () => {
  assert.equal(sideFor({ below: 100, above: 90 }, 300, 300, 'below'), 'below')
  assert.equal(sideFor({ below: 90, above: 100 }, 300, 300, 'below'), 'above')
})

/** Times in words, as the server says them: tests/unit/web/test_library.py reads the same list. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago } from '../src/library/ago'
import said from './ago.json'

const NOW = new Date('2026-11-25T12:00:00Z')

test('what was lately is said by how long ago it was, the rest by its day', () => {
  for (const [seconds, words] of Object.entries(said)) {
    assert.equal(ago(new Date(NOW.getTime() - 1000 * Number(seconds)), NOW), words, seconds)
  }
})

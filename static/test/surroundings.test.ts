/** What is worked out about a text for what surrounds it: what is found, headings, words, people. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import './window'
import { changeOf } from '../src/app/arrivals'
import { called } from '../src/collab/roster'
import { matchesIn, patternOf } from '../src/editor/overview/find'
import { headingsOf } from '../src/editor/overview/outline'
import { count, countIn } from '../src/editor/overview/wordcount'
import { text, Writer } from './scene'

const query = { words: '', caseSensitive: false, wholeWord: false }

function found(writer: Writer, asked: object): string[] {
  const { doc } = writer.view.state
  const pattern = patternOf({ ...query, ...asked })
  return pattern ? matchesIn(doc, pattern).map(({ from, to }) => doc.textBetween(from, to)) : []
}

test('what is looked for is found in all blocks, whatever its case', () => {
  const writer = new Writer(text(['block', 'One İ one'], ['code_block', 'ONE'], ['block', 'oone']))
  assert.deepEqual(found(writer, { words: 'one' }), ['One', 'one', 'ONE', 'one'])
  assert.deepEqual(found(writer, { words: 'one', caseSensitive: true }), ['one', 'one'])
  assert.deepEqual(found(writer, { words: 'one', wholeWord: true }), ['One', 'one', 'ONE'])
  assert.deepEqual(found(writer, { words: '' }), [])
})

test('signs of patterns are looked for as they are', () => {
  const signs = String.raw`(a+)+$ [b] {c} \d ^ | . * ? /`
  const writer = new Writer(text(['block', `${signs} and ${signs}`]))
  assert.deepEqual(found(writer, { words: signs }), [signs, signs])
  assert.deepEqual(found(writer, { words: '(a+)+$', wholeWord: true }).length, 2)
})

test('nothing that is looked for takes for ever', () => {
  const writer = new Writer(text(['block', 'a'.repeat(20_000)]))
  assert.deepEqual(found(writer, { words: `${'a'.repeat(400)}b` }), [])
})

test('the outline holds what is a heading and says something', () => {
  const writer = new Writer(
    text(
      ['block', 'One', { type: 'h', level: 1, id: 'a' }],
      ['block', 'words', { id: 'b' }],
      ['block', '  ', { type: 'h', level: 2, id: 'c' }],
      ['block', 'Two', { type: 'h', level: 2, id: 'd' }]
    )
  )
  assert.deepEqual(headingsOf(writer.view.state.doc), [
    { id: 'a', level: 1, text: 'One' },
    { id: 'd', level: 2, text: 'Two' }
  ])
})

test('words are counted as their language has them', () => {
  assert.deepEqual(count("It's a well-known fact: 3.5 %"), { words: 6, characters: 29 })
  assert.deepEqual(count(''), { words: 0, characters: 0 })
  assert.equal(count('私は学生です').words > 1, true)
  assert.equal(count('🙂').characters, 1)
})

test('what is selected is counted beside all', () => {
  const writer = new Writer(text(['block', 'one two'], ['block', 'three four']))
  writer.after('two')
  assert.deepEqual(countIn(writer.view.state), {
    all: { words: 4, characters: 17 },
    selected: null,
    minutes: 1
  })
})

test('who comes and who leaves is said in words', () => {
  assert.equal(changeOf(null, []), '')
  assert.equal(changeOf(null, ['Ann', 'Bob']), 'Ann and Bob are here.')
  assert.equal(changeOf(['Ann'], ['Bob']), 'Bob came. Ann left.')
  assert.equal(changeOf([], ['Ann', 'Bob', 'Cleo']), '3 people came.')
  assert.equal(changeOf(['Ann'], ['Ann']), '')
})

test('a guest and an agent are called what they are', () => {
  const person = { session: '', client: 1 }
  assert.equal(called({ ...person, name: 'Ann', kind: 'user' }), 'Ann')
  assert.equal(called({ ...person, name: 'Ann (guest)', kind: 'guest' }), 'Ann (guest)')
  assert.equal(called({ ...person, name: 'Guest', kind: 'guest' }), 'Guest')
  assert.equal(called({ ...person, name: 'Writer', kind: 'agent' }), 'Writer (agent)')
})

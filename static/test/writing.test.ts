/** What keys and Markdown do to blocks. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numbersOf } from '../src/editor/blocks/numbering'
import { text, Writer } from './scene'

const empty = () => new Writer(text(['block', ''])).at(1)

const SHORTCUTS: Array<[string, string, object]> = [
  ['# ', 'block', { type: 'h', level: 1 }],
  ['### ', 'block', { type: 'h', level: 3 }],
  ['- ', 'block', { type: 'ul' }],
  ['* ', 'block', { type: 'ul' }],
  ['1. ', 'block', { type: 'ol' }],
  ['7) ', 'block', { type: 'ol', start: 7 }],
  ['[] ', 'block', { type: 'task' }],
  ['[x] ', 'block', { type: 'task', checked: true }],
  ['> ', 'block', { type: 'quote' }],
  ['! ', 'block', { type: 'callout', tone: 'note' }],
  ['``` ', 'code_block', {}],
  ['```js ', 'code_block', { language: 'js' }]
]

for (const [typed, name, attrs] of SHORTCUTS) {
  test(`"${typed}" at the beginning makes a ${Object.values(attrs)[0] ?? name}`, () => {
    assert.deepEqual(empty().type(typed).type('words').blocks, [[name, 'words', attrs]])
  })
}

for (const [typed, attrs] of [
  ['```', {}],
  ['```js', { language: 'js' }]
] as const) {
  test(`Enter behind "${typed}" makes code`, () => {
    const writer = empty().type(typed).press('Enter').type('words')
    assert.deepEqual(writer.blocks, [['code_block', 'words', attrs]])
  })
}

test('Enter behind backticks and words goes on', () => {
  const writer = empty().type('```js').at(4).press('Enter')
  assert.equal(writer.blocks[0]?.[0], 'block')
  assert.equal(empty().type('a ```').press('Enter').type('b').blocks.length, 2)
})

test('signs in the middle of a line are signs', () => {
  assert.deepEqual(empty().type('a # b - c').blocks, [['block', 'a # b - c', {}]])
})

test('three hyphens make a divider, and writing goes on behind it', () => {
  const writer = empty().type('---').type('after')
  assert.deepEqual(
    writer.blocks.map(([name, words]) => [name, words]),
    [
      ['divider', ''],
      ['block', 'after']
    ]
  )
})

const MARKS: Array<[string, string, string]> = [
  ['say **loud** now', 'loud', 'bold'],
  ['say *softly* now', 'softly', 'italic'],
  ['say _softly_ now', 'softly', 'italic'],
  ['say ~~not~~ now', 'not', 'strike'],
  ['say `code` now', 'code', 'code'],
  ['say ==this== now', 'this', 'highlight']
]

for (const [typed, words, name] of MARKS) {
  test(`${typed} marks a word as ${name}`, () => {
    const writer = empty().type(typed)
    const marked: string[] = []
    writer.view.state.doc.descendants((node) => {
      if (node.marks.some((mark) => mark.type.name === name)) marked.push(node.text ?? '')
    })
    assert.deepEqual(marked, [words])
    assert.deepEqual(writer.blocks, [['block', `say ${words} now`, {}]])
  })
}

test('names_with_underscores and 2*3*4 are left alone', () => {
  assert.equal(empty().type('names_with_underscores').blocks[0]?.[1], 'names_with_underscores')
  assert.equal(empty().type('a** b **c').blocks[0]?.[1], 'a** b **c')
})

test('Enter continues a list, and leaves it where an item is empty', () => {
  const writer = empty().type('- one').press('Enter').type('two').press('Enter').press('Enter')
  assert.deepEqual(writer.type('out').blocks, [
    ['block', 'one', { type: 'ul' }],
    ['block', 'two', { type: 'ul' }],
    ['block', 'out', {}]
  ])
})

test('an empty item that is indented moves outwards first', () => {
  const writer = empty().type('- one').press('Enter').press('Tab').press('Enter')
  assert.deepEqual(writer.blocks.at(-1), ['block', '', { type: 'ul' }])
})

test('a new task is not done', () => {
  const writer = empty().type('[x] done').press('Enter')
  assert.deepEqual(writer.blocks.at(-1), ['block', '', { type: 'task' }])
})

test('behind a heading comes a paragraph; a heading that is cut stays one', () => {
  const writer = empty().type('# Title').press('Enter')
  assert.deepEqual(writer.blocks.at(-1), ['block', '', {}])
  const cut = empty().type('# Title')
  cut.at(4).press('Enter')
  assert.deepEqual(
    cut.blocks.map(([, , attrs]) => attrs),
    [
      { type: 'h', level: 1 },
      { type: 'h', level: 1 }
    ]
  )
})

test('what follows in a callout stands inside it', () => {
  const writer = empty().type('! Mind').press('Enter').type('this')
  assert.deepEqual(writer.blocks.at(-1), ['block', 'this', { indent: 1 }])
})

test('Backspace at the start takes away what a block is, then its indent', () => {
  const writer = empty().type('- one').press('Tab').at(1)
  writer.press('Backspace')
  assert.deepEqual(writer.blocks, [['block', 'one', { indent: 1 }]])
  writer.press('Backspace')
  assert.deepEqual(writer.blocks, [['block', 'one', {}]])
})

test('Tab and Shift-Tab indent, within bounds', () => {
  const writer = empty().type('one')
  for (let i = 0; i < 12; i++) writer.press('Tab')
  assert.deepEqual(writer.blocks, [['block', 'one', { indent: 8 }]])
  for (let i = 0; i < 12; i++) writer.press('Shift-Tab')
  assert.deepEqual(writer.blocks, [['block', 'one', {}]])
})

test('Mod-Enter checks a task, and unchecks it', () => {
  const writer = empty().type('[] one').press('Mod-Enter')
  assert.deepEqual(writer.blocks, [['block', 'one', { type: 'task', checked: true }]])
  writer.press('Mod-Enter')
  assert.deepEqual(writer.blocks, [['block', 'one', { type: 'task' }]])
})

test('Alt and an arrow move a block', () => {
  const writer = empty().type('one').press('Enter').type('two').press('Alt-ArrowUp').type('!')
  assert.deepEqual(
    writer.blocks.map(([, words]) => words),
    ['two!', 'one']
  )
  writer.press('Alt-ArrowDown')
  assert.deepEqual(
    writer.blocks.map(([, words]) => words),
    ['one', 'two!']
  )
})

test('Enter in code breaks the line; twice at its end, it leads out', () => {
  const writer = empty().type('``` a').press('Enter').type('b').press('Enter').press('Enter')
  assert.deepEqual(
    writer.type('out').blocks.map(([name, words]) => [name, words]),
    [
      ['code_block', 'a\nb'],
      ['block', 'out']
    ]
  )
})

test('there is always a block to write in', () => {
  const writer = empty().type('all of it').press('Mod-a').press('Backspace')
  assert.deepEqual(writer.blocks, [['block', '', {}]])
})

test('every block has an id, and no two the same', () => {
  const writer = empty().type('one').press('Enter').type('two')
  writer.at(2).press('Enter')
  const ids = writer.view.state.doc.content.content.map((node) => node.attrs.id)
  assert.equal(ids.length, 3)
  assert.equal(new Set(ids).size, 3)
  assert.ok(ids.every(Boolean))
})

test('numbered items count on over what stands inside them, and no further', () => {
  const writer = new Writer(
    text(
      ['block', 'a', { type: 'ol' }],
      ['block', 'inside', { indent: 1 }],
      ['block', 'b', { type: 'ol' }],
      ['block', 'b1', { type: 'ol', indent: 1 }],
      ['block', 'c', { type: 'ol' }],
      ['block', 'between'],
      ['block', 'd', { type: 'ol' }],
      ['block', 'e', { type: 'ol', start: 9 }],
      ['block', 'f', { type: 'ol' }]
    )
  )
  assert.deepEqual([...numbersOf(writer.view.state.doc).values()], [1, 2, 1, 3, 1, 9, 10])
})

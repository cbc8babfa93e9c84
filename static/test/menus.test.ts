/** What opens beside the text, and what is chosen there. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RULES } from '../src/editor/inputrules'
import { KEYS } from '../src/editor/keymap'
import { nearest, THINGS } from '../src/editor/menus/catalogue'
import { linkAround } from '../src/editor/menus/links'
import { everybody } from '../src/editor/menus/mentions'
import { SHEET } from '../src/editor/menus/sheet'
import { isSuggesting } from '../src/editor/menus/suggesting'
import { markType } from '../src/editor/schema'
import { text, Writer } from './scene'

const empty = () => new Writer(text(['block', ''])).at(1)
const names = (query: string) => nearest(query, THINGS).map(({ name }) => name)

test('a slash at the beginning, or behind a space, opens the list', () => {
  assert.ok(isSuggesting(empty().type('/').view.state))
  assert.ok(isSuggesting(empty().type('words /').view.state))
  assert.ok(isSuggesting(empty().type('(/').view.state))
})

for (const typed of ['and/or', 'https://example.org/a/b', 'a/', '1/2', '/usr/bin', '/ ', '/zzz']) {
  test(`"${typed}" is text, and offers nothing`, () => {
    const writer = empty().type(typed)
    assert.equal(isSuggesting(writer.view.state), false)
    assert.deepEqual(writer.blocks, [['block', typed, {}]])
  })
}

test('a slash in code is a slash', () => {
  assert.equal(isSuggesting(empty().type('``` /').view.state), false)
})

test('what is chosen takes the place of the slash and of what was sought', () => {
  const writer = empty().type('/hea')
  assert.ok(isSuggesting(writer.view.state))
  writer.press('ArrowDown').press('Enter').type('Title')
  assert.deepEqual(writer.blocks, [['block', 'Title', { type: 'h', level: 2 }]])
  assert.equal(isSuggesting(writer.view.state), false)
})

test('the list goes round, and Tab chooses too', () => {
  const writer = empty().type('/').press('ArrowUp').press('Tab').type('after')
  assert.deepEqual(
    writer.blocks.map(([name]) => name),
    ['table', 'block']
  )
})

test('Escape leaves the slash as text, for good', () => {
  const writer = empty().type('/').press('Escape')
  assert.equal(isSuggesting(writer.view.state), false)
  writer.type('head')
  assert.equal(isSuggesting(writer.view.state), false)
  writer.press('Enter').type('next')
  assert.deepEqual(
    writer.blocks.map(([, words]) => words),
    ['/head', 'next']
  )
})

test('a list that is open closes with the caret elsewhere, and stays closed', () => {
  const writer = empty().type('one /')
  assert.ok(isSuggesting(writer.view.state))
  assert.equal(isSuggesting(writer.at(2).view.state), false)
  assert.equal(isSuggesting(writer.after('/').view.state), false)
})

test('undo brings back what the block was', () => {
  const writer = empty().type('/quote').press('Enter')
  assert.deepEqual(writer.blocks, [['block', '', { type: 'quote' }]])
  writer.press('Mod-z')
  assert.deepEqual(writer.blocks, [['block', '', {}]])
})

test('things are found by name, by other words, and by letters in order', () => {
  assert.deepEqual(names('h2'), ['Heading 2'])
  assert.equal(names('todo')[0], 'Task')
  assert.equal(names('list')[0], 'Bullet list')
  assert.deepEqual(names('bltl'), ['Bullet list'])
  assert.deepEqual(names('zzz'), [])
  assert.equal(names('').length, THINGS.length)
})

test('the Markdown that is shown beside a thing makes it', () => {
  for (const { name, markdown, is } of THINGS) {
    if (!markdown || !is) continue
    const writer = empty().type(`${markdown} `)
    assert.ok(is(writer.view.state.doc.child(0)), name)
  }
  assert.ok(RULES.length > 0)
})

test('the keys that are shown beside a thing make it', () => {
  for (const { name, keys, is } of THINGS) {
    if (!keys || !is || keys.includes('Shift')) continue
    assert.ok(is(empty().press(keys).view.state.doc.child(0)), name)
  }
})

test('a block that becomes code keeps its words', () => {
  const writer = new Writer(text(['block', 'let a = 1', { type: 'h', level: 1, indent: 2 }])).at(4)
  const code = THINGS.find(({ name }) => name === 'Code')
  code?.run(writer.view.state, writer.view.dispatch)
  writer.type('!')
  assert.deepEqual(writer.blocks, [['code_block', 'let! a = 1', { indent: 2 }]])
})

test('everybody is offered once, and those who are here first', () => {
  assert.deepEqual(everybody(['Bob', 'Bob'], ['Ann', 'Bob', 'Ann']), [
    { name: 'Bob', isHere: true },
    { name: 'Ann', isHere: false }
  ])
})

test('the sheet tells of every key that does something of its own', () => {
  const told = SHEET.flatMap(({ shortcuts }) => shortcuts.flatMap(({ keys }) => keys))
  const asEverywhere = ['Enter', 'Backspace', 'Delete']
  const untold = Object.keys(KEYS).filter((keys) => !told.includes(keys))
  assert.deepEqual(untold.sort(), asEverywhere.sort())
  assert.equal(new Set(told).size, told.length)
})

test('the link that the caret is in is asked about as a whole', () => {
  const writer = new Writer(text(['block', 'see the page here']))
  const { view } = writer
  const to = (href: string) => markType('link').create({ href })
  view.dispatch(view.state.tr.addMark(5, 13, to('https://example.org/')))
  view.dispatch(view.state.tr.addMark(9, 11, markType('bold').create()))
  view.dispatch(view.state.tr.addMark(13, 16, to('https://example.net/')))
  const wordsAt = (pos: number) => {
    const around = linkAround(writer.at(pos).view.state)
    return around && view.state.doc.textBetween(around.from, around.to)
  }
  assert.deepEqual([3, 6, 10, 12, 14].map(wordsAt), [
    null,
    'the page',
    'the page',
    'the page',
    ' he'
  ])
  assert.equal(linkAround(writer.at(18).view.state), null)
})

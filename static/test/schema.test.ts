/** The editor's schema is schema.json, all of it; and what it shows, it reads again. */

import './window'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOMParser, DOMSerializer, type Node } from 'prosemirror-model'
import source from '../schema.json'
import { MARKS, NODES, safeLink } from '../src/editor/dom'
import { schema } from '../src/editor/schema'
import { place } from './window'

test('everything in schema.json has a look', () => {
  assert.deepEqual(Object.keys(NODES).sort(), Object.keys(source.nodes).sort())
  assert.deepEqual(Object.keys(MARKS).sort(), Object.keys(source.marks).sort())
})

test('all attributes are null unless something is said; only spans are numbers', () => {
  for (const type of [...Object.values(schema.nodes), ...Object.values(schema.marks)]) {
    for (const [name, attribute] of Object.entries(type.spec.attrs ?? {})) {
      assert.equal(attribute.default, name.endsWith('span') ? 1 : null)
    }
  }
})

function html(doc: Node): HTMLElement {
  const element = place()
  element.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content))
  return element
}

function read(markup: string): Array<[string | null, string, number | null]> {
  const element = place()
  element.innerHTML = markup
  const found: Array<[string | null, string, number | null]> = []
  DOMParser.fromSchema(schema)
    .parse(element)
    .forEach(({ attrs, textContent }) => {
      found.push([attrs.type ?? null, textContent, attrs.indent ?? null])
    })
  return found
}

const SHOWN = [
  { type: 'h', level: 2 },
  { type: null, align: 'center', dir: 'rtl' },
  { type: 'ul', indent: 2 },
  { type: 'ol', start: 4 },
  { type: 'task', checked: true },
  { type: 'task' },
  { type: 'quote' },
  { type: 'callout', tone: 'tip', indent: 1 }
]

test('what is copied and pasted is the same', () => {
  const blocks = SHOWN.map((attrs) => schema.node('block', attrs, schema.text('words')))
  const code = schema.node('code_block', { language: 'js' }, schema.text('a\n  b'))
  const doc = schema.node('doc', null, [...blocks, code, schema.node('divider')])
  const again = DOMParser.fromSchema(schema).parse(html(doc))
  assert.deepEqual(again.toJSON(), doc.toJSON())
})

test('nested lists of other pages become flat ones', () => {
  const page = '<ul><li>a<ul><li><p>b</p></li></ul></li><li><p>c</p><p>d</p></li></ul><p>e</p>'
  assert.deepEqual(read(page), [
    ['ul', 'a', null],
    ['ul', 'b', 1],
    ['ul', 'c', null],
    [null, 'd', 1],
    [null, 'e', null]
  ])
})

test('no link leads to a script, however it is disguised', () => {
  for (const address of ['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x']) {
    assert.equal(safeLink(address), null)
  }
  for (const address of ['https://example.org/', 'mailto:ann@example.org', '/a/b', '#c']) {
    assert.equal(safeLink(address), address)
  }
})

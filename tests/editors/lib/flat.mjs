// Palimpsest's own schema, bound as its editor binds it: plain ProseMirror and y-tiptap.

import { place } from './window.mjs'
import { readFileSync } from 'node:fs'
import { initProseMirrorDoc, ySyncPlugin } from '@tiptap/y-tiptap'
import { Schema } from 'prosemirror-model'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'

const source = JSON.parse(readFileSync(new URL('../../../static/schema.json', import.meta.url)))

const attrs = (spec) =>
  Object.fromEntries(Object.entries(spec.attrs ?? {}).map(([name, { default: value }]) => [name, { default: value }]))

const schema = new Schema({
  nodes: Object.fromEntries(Object.entries(source.nodes).map(([name, spec]) => [name, {
    content: spec.content,
    group: spec.group,
    inline: spec.group === 'inline',
    ...(name === 'text' ? {} : { attrs: attrs(spec), toDOM: () => (spec.content ? [name, 0] : [name]) }),
  }])),
  marks: Object.fromEntries(Object.entries(source.marks).map(([name, spec]) => [name, {
    attrs: attrs(spec),
    ...('excludes' in spec ? { excludes: spec.excludes } : {}),
    toDOM: () => ['span', 0],
  }])),
})

const text = (words, ...marks) => ({ type: 'text', text: words, marks })
const block = (attrs, ...content) => ({ type: 'block', attrs, content })
const cell = (attrs, ...content) => ({ type: 'cell', attrs, content })
const inside = (words) => block({}, text(words))

const CONTENT = [
  block({ id: 'b1', type: 'h', level: 1 }, text('A title')),
  block(
    { id: 'b2', align: 'center', dir: 'rtl' },
    text('Plain, '), text('bold', { type: 'bold' }), text(', '),
    text('all of it', { type: 'italic' }, { type: 'underline' }, { type: 'strike' }),
    { type: 'br' },
    text('a link', { type: 'link', attrs: { href: 'https://example.org/' } }),
    text(' commented ', { type: 'comment', attrs: { id: 'one' } }),
    text('twice', { type: 'comment', attrs: { id: 'one' } }, { type: 'comment', attrs: { id: 'two' } }),
    { type: 'mention', attrs: { id: 'ann', label: 'Ann', kind: 'person' } },
    { type: 'image_inline', attrs: { src: 'https://example.org/a.png', alt: 'a picture', width: 20 } },
    { type: 'math_inline', attrs: { tex: 'a^2' } },
    { type: 'unknown_inline', attrs: { name: 'chart' } },
    text('high', { type: 'highlight' }), text('2', { type: 'sup' }), text('3', { type: 'sub' }),
    text('code', { type: 'code' }), text('odd', { type: 'unknown', attrs: { name: 'glow' } }),
  ),
  block({ type: 'ul' }, text('one')),
  block({ type: 'ul', indent: 1 }, text('one in one')),
  block({ type: 'ol', start: 3 }, text('three')),
  block({ type: 'task', checked: true }, text('done')),
  block({ type: 'task' }, text('open')),
  block({ type: 'quote' }, text('Quoted')),
  block({ type: 'callout', tone: 'tip' }, text('Mind this')),
  block({ type: 'toggle', level: 2, collapsed: true }, text('More')),
  block({ indent: 1 }, text('hidden')),
  { type: 'code_block', attrs: { language: 'js' }, content: [text('let a = 1\nlet b')] },
  {
    type: 'figure',
    attrs: { src: 'https://example.org/a.png', alt: 'A', width: 300, caption: 'B', href: 'https://example.org/' },
  },
  {
    type: 'table',
    content: [
      { type: 'row', content: [cell({ header: true, colspan: 2 }, inside('Head'))] },
      { type: 'row', content: [cell({}, inside('a')), cell({}, inside('b'))] },
    ],
  },
  { type: 'divider' },
  { type: 'math', attrs: { tex: '\\sum i' } },
  { type: 'file', attrs: { src: 'https://example.org/a.pdf', name: 'a.pdf', size: 2048, caption: 'A file' } },
  { type: 'unknown_block', attrs: { name: 'chart' }, content: [text('bars')] },
  block({}, text('The end')),
]

export function flat(doc) {
  const fragment = doc.getXmlFragment('default')
  const { doc: node, mapping } = initProseMirrorDoc(fragment, schema)
  const state = EditorState.create({ doc: node, schema, plugins: [ySyncPlugin(fragment, { mapping })] })
  const view = new EditorView(place(), { state })
  const nodes = CONTENT.map((json) => schema.nodeFromJSON(json))
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, nodes))
  // The last paragraph becomes a heading: an attribute, and nothing else, changes.
  const last = view.state.doc.content.size - view.state.doc.lastChild.nodeSize
  view.dispatch(view.state.tr.setNodeAttribute(last, 'type', 'h').setNodeAttribute(last, 'level', 2))
  view.destroy()
}

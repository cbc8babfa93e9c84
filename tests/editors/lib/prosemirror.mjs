// Plain ProseMirror: the basic schema with lists, bound by y-prosemirror.

import { place } from './window.mjs'
import { DOMParser, Schema } from 'prosemirror-model'
import { schema as basic } from 'prosemirror-schema-basic'
import { addListNodes } from 'prosemirror-schema-list'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { initProseMirrorDoc, ySyncPlugin } from 'y-prosemirror'

const comment = {
  attrs: { id: { default: '' } },
  excludes: '',
  inclusive: false,
  parseDOM: [{ tag: 'span[data-comment]', getAttrs: (dom) => ({ id: dom.dataset.comment }) }],
  toDOM: (mark) => ['span', { 'data-comment': mark.attrs.id }, 0],
}

const aside = {
  content: 'block+',
  group: 'block',
  attrs: { mood: { default: 'calm' } },
  parseDOM: [{ tag: 'aside' }],
  toDOM: () => ['aside', 0],
}

const schema = new Schema({
  nodes: addListNodes(basic.spec.nodes.addToEnd('aside', aside), 'paragraph block*', 'block'),
  marks: basic.spec.marks.addToEnd('comment', comment),
})

const CONTENT = `
<h2>A title</h2>
<p>Plain, <strong>bold</strong>, <em>italic</em>, <code>code</code>,
<a href="https://example.org/">a link</a><br>and
<img src="https://example.org/a.png" alt="a picture"> inside.</p>
<p><span data-comment="one">commented <span data-comment="two">twice</span></span></p>
<ul><li><p>one</p><ol start="7"><li><p>seven</p></li></ol></li></ul>
<blockquote><p>Quoted</p><h3>and titled</h3></blockquote>
<pre><code>if (a)
  b</code></pre>
<hr>
<aside><p>Nobody knows this.</p></aside>
<p>The end</p>
`

export function prosemirror(doc) {
  const fragment = doc.getXmlFragment('prosemirror')
  const { doc: node, mapping } = initProseMirrorDoc(fragment, schema)
  const state = EditorState.create({ doc: node, schema, plugins: [ySyncPlugin(fragment, { mapping })] })
  const view = new EditorView(place(), { state })
  const element = document.createElement('div')
  element.innerHTML = CONTENT
  const content = DOMParser.fromSchema(schema).parse(element)
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, content.content))
  const end = view.state.doc.content.size - 1
  view.dispatch(view.state.tr.insertText(' of it', end))
  view.dispatch(view.state.tr.addMark(end, end + 6, schema.marks.em.create()))
  view.destroy()
}

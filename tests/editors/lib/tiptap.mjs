// Tiptap 3 with its Collaboration extension.

import { place } from './window.mjs'
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { Details, DetailsContent, DetailsSummary } from '@tiptap/extension-details'
import { Highlight } from '@tiptap/extension-highlight'
import { Image } from '@tiptap/extension-image'
import { TaskItem, TaskList } from '@tiptap/extension-list'
import { BlockMath, InlineMath } from '@tiptap/extension-mathematics'
import { Mention } from '@tiptap/extension-mention'
import { Subscript } from '@tiptap/extension-subscript'
import { Superscript } from '@tiptap/extension-superscript'
import { TableKit } from '@tiptap/extension-table'
import { StarterKit } from '@tiptap/starter-kit'

const CONTENT = `
<h1>A title</h1>
<p>Plain, <strong>bold</strong>, <em>italic</em>, <u>underlined</u>, <s>struck</s>,
<code>code</code>, <a href="https://example.org/">a link</a>, <mark>marked</mark>,
H<sub>2</sub>O and x<sup>2</sup>, <strong><em>both</em></strong>.</p>
<p>One line<br>and another; <span data-type="mention" data-id="ann" data-label="Ann"></span>
wrote <span data-type="inline-math" data-latex="a^2"></span></p>
<ul><li><p>one</p><ul><li><p>one in one</p></li></ul></li><li><p>two</p><p>more of two</p></li></ul>
<ol start="3"><li><p>three</p></li><li><p>four</p></li></ol>
<ul data-type="taskList">
<li data-type="taskItem" data-checked="true"><p>done</p></li>
<li data-type="taskItem" data-checked="false"><p>open</p></li></ul>
<blockquote><p>Quoted</p><ul><li><p>in a quote</p></li></ul></blockquote>
<pre><code class="language-js">let a = 1
let b</code></pre>
<hr>
<img src="https://example.org/a.png" alt="A picture" title="Its title">
<div data-type="block-math" data-latex="\\sum i"></div>
<table><tbody><tr><th><p>Head</p></th><th colspan="2"><p>Wide</p></th></tr>
<tr><td><p>a</p></td><td><p>b</p></td><td><ul><li><p>c</p></li></ul></td></tr></tbody></table>
<details><summary>More</summary><div data-type="detailsContent"><p>hidden</p></div></details>
<p></p>
<h2>Done</h2>
`

export function tiptap(doc) {
  const editor = new Editor({
    element: place(),
    extensions: [
      StarterKit.configure({ undoRedo: false, trailingNode: false }),
      Collaboration.configure({ document: doc }),
      Details, DetailsSummary, DetailsContent, Highlight, Image, TaskList,
      TaskItem.configure({ nested: true }), Mention, InlineMath, BlockMath, Subscript, Superscript,
      TableKit,
    ],
  })
  editor.commands.setContent(CONTENT)
  // A word is made bold, and a paragraph is split, as people do.
  const end = editor.state.doc.content.size
  editor.chain().insertContentAt(end, '<p>first second</p>').run()
  const start = end + 1
  editor.chain().setTextSelection({ from: start, to: start + 5 }).toggleBold().run()
  editor.chain().setTextSelection(start + 5).splitBlock().run()
  editor.destroy()
}

/** What Tiptap leaves behind when everything has been deleted. */
export function emptied(doc) {
  const editor = new Editor({
    element: place(),
    extensions: [StarterKit.configure({ undoRedo: false }), Collaboration.configure({ document: doc })],
  })
  editor.commands.setContent('<p>Soon gone</p>')
  editor.commands.clearContent()
  editor.destroy()
}

/** What is copied in other programs, as they say it, and what it is here; and the way back. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocksOf, isMarkdown } from '../src/editor/paste/markdown'
import { text, Writer } from './scene'

type Said = [string, Record<string, unknown>?]

function paste(html: string, words = '', into = text(['block', ''])): Writer {
  const writer = new Writer(into).at(1)
  // There are no events of a clipboard here.
  const said: Record<string, string> = { 'text/html': html, 'text/plain': words }
  const clipboardData = { getData: (type: string) => said[type] ?? '' }
  const event = new Event('paste', { bubbles: true, cancelable: true })
  writer.view.dom.dispatchEvent(Object.assign(event, { clipboardData }))
  return writer
}

/** Return the blocks in few words: what each says, and what it is. */
function blocks(writer: Writer): Said[] {
  return writer.blocks.map(([name, words, attrs]) => {
    const kind = name === 'block' ? attrs : { is: name, ...attrs }
    return Object.keys(kind).length > 0 ? [words, kind] : [words]
  })
}

/** Return the marks, and what they mark. */
function marks(writer: Writer): string[] {
  const found: string[] = []
  writer.view.state.doc.descendants((node) => {
    for (const { type } of node.marks) found.push(`${type.name}: ${node.text}`)
  })
  return found
}

/** Return what is copied of the whole text. */
function copied(writer: Writer): { html: string; words: string } {
  const { doc } = writer.view.state
  const { dom, text: words } = writer.view.serializeForClipboard(doc.slice(0, doc.content.size))
  return { html: dom.innerHTML, words }
}

const word = (style: string, bullet: string, words: string) =>
  `<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 ${style} lfo1'><![if !supportLists]>` +
  `<span style='font-family:Symbol;mso-list:Ignore'>${bullet}<span style='font:7.0pt "Times New Roman"'>` +
  `&nbsp;&nbsp;&nbsp; </span></span><![endif]>${words}<o:p></o:p></p>`

test('lists of Word are lists, as deep as they were', () => {
  const writer = paste(`<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>
    <!-- p.MsoNormal { margin: 0in } --></style></head><body lang=EN-GB><!--StartFragment-->
    <p class=MsoNormal style='margin:0'><b><span style='font-family:"Arial"'>Before</span></b><o:p></o:p></p>
    ${word('level1', '·', 'one')}${word('level2', 'o', 'inside')}${word('level1', '·', 'two')}
    <p class=MsoNormal><o:p>&nbsp;</o:p></p>
    ${word('level1', '3.', 'third')}${word('level1', '4.', 'fourth')}<!--EndFragment--></body></html>`)
  assert.deepEqual(blocks(writer), [
    ['Before'],
    ['one', { type: 'ul' }],
    ['inside', { type: 'ul', indent: 1 }],
    ['two', { type: 'ul' }],
    [''],
    ['third', { type: 'ol', start: 3 }],
    ['fourth', { type: 'ol' }]
  ])
})

test('what Google Docs copies keeps its marks and its nested lists, and is not bold throughout', () => {
  const item = (level: number, words: string) =>
    `<li dir="ltr" style="list-style-type:disc;font-weight:400" aria-level="${level}"><p dir="ltr" role="presentation">` +
    `<span style="font-size:11pt;font-weight:400;background-color:transparent">${words}</span></p></li>`
  const writer = paste(
    `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1a2b">` +
      `<h2 dir="ltr"><span style="font-weight:700;text-decoration:none">Title</span></h2>` +
      `<p dir="ltr"><span style="font-weight:700">bold</span><span style="font-style:italic"> italic</span>` +
      `<span style="background-color:#ffff00"> bright</span><a href="https://example.org/">` +
      `<span style="color:#15c;text-decoration:underline">link</span></a></p>` +
      `<ul>${item(1, 'one')}<ul>${item(2, 'inside')}<ul>${item(3, 'deep')}</ul></ul>${item(1, 'two')}</ul>` +
      `<br><ul><li role="checkbox" aria-checked="true" aria-level="1"><img src="data:image/png;base64,AA==">` +
      `<p role="presentation"><span style="text-decoration:line-through">done</span></p></li></ul></b>`
  )
  const ltr = { dir: 'ltr' }
  assert.deepEqual(blocks(writer), [
    ['Title', { ...ltr, type: 'h', level: 2 }],
    ['bold italic brightlink', ltr],
    ['one', { ...ltr, type: 'ul' }],
    ['inside', { ...ltr, type: 'ul', indent: 1 }],
    ['deep', { ...ltr, type: 'ul', indent: 2 }],
    ['two', { ...ltr, type: 'ul' }],
    ['done', { type: 'task', checked: true }]
  ])
  assert.deepEqual(marks(writer), [
    'bold: bold',
    'italic:  italic',
    'highlight:  bright',
    'link: link',
    'strike: done'
  ])
})

test('what Notion copies keeps its tasks, its toggles, its quotes and its code', () => {
  const writer = paste(
    `<h1>Title</h1><ul><li>one<ul><li>inside<ol start="4"><li>deep</li></ol></li></ul></li></ul>` +
      `<ul class="contains-task-list"><li><input type="checkbox" checked> done</li>` +
      `<li><p><input type="checkbox"> open</p></li></ul>` +
      `<ul class="to-do-list"><li><div class="checkbox checkbox-on"></div><span>drawn</span></li></ul>` +
      `<details open><summary>more</summary><p>folded</p>text</details>` +
      `<blockquote>said<p>and said</p></blockquote>` +
      `<aside>mind</aside>` +
      `<pre><code class="language-js">let a\n  = 1</code></pre><div class="highlight-source-python"><pre>a<br>b</pre></div>` +
      `<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><p>b</p></td></tr></tbody></table><hr><p>end</p>`
  )
  assert.deepEqual(blocks(writer), [
    ['Title', { type: 'h', level: 1 }],
    ['one', { type: 'ul' }],
    ['inside', { type: 'ul', indent: 1 }],
    ['deep', { type: 'ol', indent: 2, start: 4 }],
    ['done', { type: 'task', checked: true }],
    ['open', { type: 'task' }],
    ['drawn', { type: 'task', checked: true }],
    ['more', { type: 'toggle' }],
    ['folded', { indent: 1 }],
    ['text', { indent: 1 }],
    ['said', { type: 'quote' }],
    ['and said', { type: 'quote' }],
    ['mind', { type: 'callout' }],
    ['let a\n  = 1', { is: 'code_block', language: 'js' }],
    ['a\nb', { is: 'code_block', language: 'python' }],
    ['ab', { is: 'table' }],
    ['', { is: 'divider' }],
    ['end']
  ])
})

test('HTML that means harm brings words and nothing else', () => {
  const writer = paste(
    `<p onclick="alert(1)">a<script>alert(2)</script><style>p{}</style><a href="javascript:alert(3)">b</a>` +
      `<a href=" java\nscript:alert(4)">c</a><img src="javascript:alert(5)" onerror="alert(6)">` +
      `<img src="file:///C:/clip.png"></p><iframe src="https://example.org"></iframe><svg><text>d</text></svg>` +
      `<p data-palimpsest='[{"type":"block","attrs":{"type":{"a":1}}}]'>e</p>`
  )
  assert.deepEqual(blocks(writer), [['abc'], ['e']])
  assert.deepEqual(marks(writer), [])
  assert.doesNotMatch(writer.view.dom.innerHTML, /alert|script|iframe|svg/)
})

test('the bytes of a picture are never in the text, however they come', () => {
  const data = 'data:image/png;base64,AAAA'
  const itself = JSON.stringify([{ type: 'figure', attrs: { src: data } }])
  const writer = paste(
    `<p>a<img src="${data}"></p><p><img src="${data}"></p><table><tr><td><img src="${data}">b</td></tr></table>`
  )
  assert.deepEqual(blocks(writer), [['a'], ['b', { is: 'table' }]])
  const forged = paste(`<p data-palimpsest='${itself}' data-pm-slice="0 0 []">c</p>`)
  assert.doesNotMatch(JSON.stringify([writer.view.state.doc, forged.view.state.doc]), /data:/)
})

const EVERYTHING = text(
  ['block', 'Title', { type: 'h', level: 2 }],
  ['block', 'one', { type: 'ul' }],
  ['block', 'inside', { type: 'ul', indent: 1 }],
  ['block', 'also', { type: 'ul', indent: 1 }],
  ['block', 'first', { type: 'ol', indent: 2 }],
  ['block', 'of one', { indent: 1 }],
  ['block', 'two', { type: 'ul' }],
  ['block', 'done', { type: 'task', checked: true }],
  ['block', 'fold', { type: 'toggle', collapsed: true }],
  ['block', 'mind', { type: 'callout', tone: 'tip' }],
  ['block', 'said', { type: 'quote', align: 'end' }],
  ['code_block', 'a = 1', { language: 'python' }],
  ['figure', '', { src: '/documents/a/files/b.png', width: 40, alt: 'c', caption: 'd' }],
  ['file', '', { src: '/documents/a/files/b.zip', name: 'b.zip', size: 7 }],
  ['math', '', { tex: 'x^2' }],
  ['divider', ''],
  ['block', 'end']
)

test('other programs are given lists that stand in one another', () => {
  const { html } = copied(new Writer(EVERYTHING))
  const tidy = html.replace(/ data-[\w-]+="[^"]*"/g, '')
  assert.match(
    tidy,
    /<ul><li>one<ul><li>inside<\/li><li>also<ol><li>first<\/li><\/ol><\/li><\/ul><p>of one<\/p><\/li><li>two<\/li><\/ul>/
  )
  assert.match(tidy, /<li><input type="checkbox" aria-label="Done" checked=""><p>done<\/p><\/li>/)
  assert.match(tidy, /src="http:\/\/127\.0\.0\.1\/documents\/a\/files\/b\.png"/)
  assert.doesNotMatch(tidy, /button|contenteditable|class="box"/)
})

test('what is copied here and pasted here is what it was', () => {
  const writer = new Writer(EVERYTHING)
  const pasted = paste(copied(writer).html)
  assert.deepEqual(pasted.blocks, writer.blocks)
})

test('lists that were copied here survive a clipboard that keeps elements only', () => {
  const writer = new Writer(EVERYTHING)
  const bare = copied(writer).html.replace(/ data-(?:palimpsest|pm-slice)="[^"]*"/g, '')
  assert.deepEqual(paste(bare).blocks.slice(0, 8), writer.blocks.slice(0, 8))
})

const MARKDOWN = `# Title

Words that are **bold**, *italic*, ~~gone~~, ==bright== and \`code *here*\`,
with a [link](https://example.org/a_(b)), snake_case_words and 2 * 3 * 4.

- one
- two
  goes on
  - inside
    1. deep

  still of two
3. third
4. fourth

- [x] done
- [ ] open

> said
>
> and said

> [!TIP]
> mind

\`\`\`js
# no heading
  - no item
\`\`\`

| a | b |
|---|:-:|
| c | *d* |

---

![A field](https://example.org/field.png)

Under
=====
[bad](javascript:alert) \\*not italic\\*`

test('Markdown that is pasted as text is what it says', () => {
  const writer = paste('', MARKDOWN)
  assert.deepEqual(blocks(writer), [
    ['Title', { type: 'h', level: 1 }],
    [
      'Words that are bold, italic, gone, bright and code *here*, with a link, snake_case_words and 2 * 3 * 4.'
    ],
    ['one', { type: 'ul' }],
    ['two goes on', { type: 'ul' }],
    ['inside', { type: 'ul', indent: 1 }],
    ['deep', { type: 'ol', indent: 2 }],
    ['still of two', { indent: 1 }],
    ['third', { type: 'ol', start: 3 }],
    ['fourth', { type: 'ol' }],
    ['done', { type: 'task', checked: true }],
    ['open', { type: 'task' }],
    ['said', { type: 'quote' }],
    ['and said', { type: 'quote' }],
    ['mind', { type: 'callout', tone: 'tip' }],
    ['# no heading\n  - no item', { is: 'code_block', language: 'js' }],
    ['abcd', { is: 'table' }],
    ['', { is: 'divider' }],
    ['', { is: 'figure', src: 'https://example.org/field.png', alt: 'A field' }],
    ['Under', { type: 'h', level: 1 }],
    ['bad *not italic*']
  ])
  assert.deepEqual(marks(writer), [
    'bold: bold',
    'italic: italic',
    'strike: gone',
    'highlight: bright',
    'code: code *here*',
    'link: link',
    'italic: d'
  ])
})

test('text that has hardly a sign of Markdown is text', () => {
  const plain = [
    'Dear all,\n- I come\nBye',
    '# a comment\nimport os\n# another\nos.exit()',
    'a * b * c and __init__'
  ]
  for (const words of plain) {
    assert.deepEqual(
      blocks(paste('', words)),
      words.split('\n').map((line) => [line])
    )
  }
  assert.deepEqual(blocks(paste('', '- item')), [['item', { type: 'ul' }]])
  const amid = text(['block', 'amid '])
  assert.deepEqual(blocks(paste('', '- item', amid)), [['- itemamid ']])
})

test('in code Markdown is text', () => {
  const writer = paste('', '# a\n\n- b\n- c', text(['code_block', '']))
  assert.deepEqual(blocks(writer), [['# a\n\n- b\n- c', { is: 'code_block' }]])
})

test('what is copied as text can be pasted as text', () => {
  const writer = paste('', MARKDOWN)
  const { words } = copied(writer)
  assert.match(words, /^# Title\n\nWords that are \*\*bold\*\*, \*italic\*, ~~gone~~/)
  assert.match(
    words,
    /- one\n- two goes on\n {4}- inside\n {8}1\. deep\n\n {4}still of two\n\n3\. third/
  )
  assert.deepEqual(paste('', words).blocks.slice(0, -1), writer.blocks.slice(0, -1))
  const part = writer.view.serializeForClipboard(writer.view.state.doc.slice(2, 5))
  assert.equal(part.text, 'itl')
})

test('marks of Markdown stand in one another', () => {
  const writer = paste('', '***a*** *b **c** d* **e _f_** `g` ``h ` i``\n\n- j')
  assert.deepEqual(marks(writer), [
    'bold: a',
    'italic: a',
    'italic: b ',
    'bold: c',
    'italic: c',
    'italic:  d',
    'bold: e ',
    'bold: f',
    'italic: f',
    'code: g',
    'code: h ` i'
  ])
})

test('text that is made to be read slowly is read quickly', () => {
  const slow = [
    `${'**a '.repeat(2400)}\n\n`.repeat(20),
    `${'*a **b '.repeat(1400)}\n\n`.repeat(20),
    `${'__a `_b ``~~c'.repeat(700)}\n\n`.repeat(20),
    '[a](b '.repeat(1600),
    '!['.repeat(5000),
    '`'.repeat(9000),
    `${' '.repeat(9000)}b`,
    `${'a'.repeat(200_000)}\``,
    `# a${' '.repeat(200_000)}b`,
    `\`\`\`${'a'.repeat(200_000)}\``,
    '](/'.repeat(60_000),
    '> '.repeat(100_000),
    `|${'a|'.repeat(5000)}\n|${'-|'.repeat(5000)}\n|a|`
  ]
  for (const each of slow) {
    const began = performance.now()
    if (isMarkdown(`- a\n- ${each}\n${each}`)) blocksOf(`- a\n- ${each}\n\n${each}`)
    const took = performance.now() - began
    assert.ok(took < 2000, `${each.slice(0, 20)} took ${took} ms`)
  }
})

test('what is pasted has ids as it comes, and no step of its own for each block', () => {
  const writer = new Writer(text(['block', '', { id: 'first' }])).at(1)
  let steps = 0
  writer.view.setProps({
    dispatchTransaction(tr) {
      const { state, transactions } = writer.view.state.applyTransaction(tr)
      for (const each of transactions) steps += each.steps.length
      writer.view.updateState(state)
    }
  })
  const cell = '<td><p>in a table</p></td>'
  const html = `${'<p>words</p>'.repeat(100)}<table><tr>${cell}${cell}</tr></table>`
  writer.view.pasteHTML(html, new Event('paste') as ClipboardEvent)
  const ids: string[] = []
  writer.view.state.doc.descendants((node) => {
    if (node.isBlock && 'id' in node.attrs) ids.push(node.attrs.id)
    return !node.isTextblock
  })
  assert.equal(ids.length, 103)
  assert.ok(ids.every(Boolean))
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(steps < 5, `${steps} steps`)
})

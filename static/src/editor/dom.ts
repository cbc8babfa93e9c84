/**
 * How each node and mark looks in the page, and is read from one: HTML's own elements wherever
 * there are some, and the data attributes that adapters and content/html.py share.
 *
 * Blocks are flat: each item of a list is a list of one, and says with data-indent how deep it is.
 */

import type {
  Attrs,
  DOMOutputSpec,
  MarkSpec,
  Node,
  NodeSpec,
  TagParseRule
} from 'prosemirror-model'

type Values = Record<string, string | number | null | undefined>

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const LANGUAGE = /(?:^|\s)language-(\S+)/
const LINK = /^(?:https?|mailto|tel):/i
const SCHEME = /^[^:/?#]*:/

/** Return only those attributes that say something. */
function said(values: Values): Record<string, string> {
  const entries = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined
  )
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function placed(node: Node): Values {
  return { 'data-block': node.attrs.id, 'data-indent': node.attrs.indent || null }
}

function formed(node: Node): Values {
  return { 'data-align': node.attrs.align, dir: node.attrs.dir }
}

/** Return the address if a page may lead there; content/addresses.py is stricter still. */
export function safeLink(address: unknown): string | null {
  if (typeof address !== 'string') return null
  const tidy = [...address]
    .filter((letter) => letter > '\x1f')
    .join('')
    .trim()
  return LINK.test(tidy) || !SCHEME.test(tidy) ? tidy : null
}

/** Return the address if it may stand in a picture. */
export function safeImage(address: unknown): string | null {
  if (typeof address !== 'string') return null
  return /^data:image\/(?:png|jpeg|gif|webp);base64,/i.test(address) ? address : safeLink(address)
}

// Blocks of text.

function blockDOM(node: Node): DOMOutputSpec {
  const place = said(placed(node))
  const form = said(formed(node))
  switch (node.attrs.type) {
    case 'h':
      return [HEADINGS[(node.attrs.level ?? 1) - 1] ?? 'h1', { ...place, ...form }, 0]
    case 'ul':
      return ['ul', place, ['li', form, 0]]
    case 'ol':
      return ['ol', { ...place, ...said({ start: node.attrs.start }) }, ['li', form, 0]]
    case 'task':
      return taskDOM(node, place, form)
    case 'quote':
      return ['blockquote', place, ['p', form, 0]]
    case 'callout':
      return [
        'div',
        { class: 'callout', role: 'note', ...said({ 'data-tone': node.attrs.tone }), ...place },
        ['p', form, 0]
      ]
    case 'toggle':
      return toggleDOM(node, place, form)
    default:
      return ['p', { ...place, ...form }, 0]
  }
}

function toggleDOM(node: Node, place: Attrs, form: Attrs): DOMOutputSpec {
  const button = {
    type: 'button',
    'aria-expanded': String(!node.attrs.collapsed),
    'aria-label': 'What is inside'
  }
  const box: DOMOutputSpec = [
    'span',
    { class: 'box', contenteditable: 'false' },
    ['button', button]
  ]
  return ['div', { class: 'toggle', ...place }, box, ['p', form, 0]]
}

function taskDOM(node: Node, place: Attrs, form: Attrs): DOMOutputSpec {
  const box = {
    type: 'checkbox',
    'aria-label': 'Done',
    ...(node.attrs.checked ? { checked: '' } : {})
  }
  return [
    'ul',
    { class: 'tasks', ...place },
    ['li', ['span', { class: 'box', contenteditable: 'false' }, ['input', box]], ['p', form, 0]]
  ]
}

/** Return the attributes of a block of text, from wherever in a page it stands. */
function blockAttrs(element: HTMLElement): Attrs | false {
  if (element.matches('li') && element.querySelector(':scope > :is(p, div, h1, h2, h3)')) {
    // What it holds is the block.
    return false
  }
  const item = element.closest('li')
  const isHead = item !== null && (item === element || firstBlockIn(item) === element)
  const align = element.dataset.align ?? null
  const dir = element.getAttribute('dir')
  return {
    ...typeOf(element, isHead ? item : null),
    indent: indentOf(element, isHead),
    align,
    dir
  }
}

function firstBlockIn(item: HTMLElement): Element | null {
  return item.querySelector(':scope > :is(p, div, h1, h2, h3)')
}

function typeOf(element: HTMLElement, item: HTMLElement | null): Attrs {
  const level = HEADINGS.indexOf(element.tagName.toLowerCase()) + 1
  if (level > 0) return { type: 'h', level }
  if (item !== null) return itemType(item)
  const callout = element.closest<HTMLElement>('.callout')
  if (callout) return { type: 'callout', tone: callout.dataset.tone ?? null }
  if (element.closest('.toggle') || element.tagName === 'SUMMARY') return { type: 'toggle' }
  return { type: element.closest('blockquote') ? 'quote' : null }
}

function itemType(item: HTMLElement): Attrs {
  const box = item.querySelector<HTMLInputElement>(
    ':scope > :is(input, label, .box) input, :scope > input'
  )
  const checked = item.dataset.checked ?? (box ? String(box.checked) : undefined)
  if (checked !== undefined) return { type: 'task', checked: checked === 'true' || null }
  const list = item.closest('ol, ul')
  if (list?.tagName !== 'OL') return { type: 'ul' }
  const first = list.firstElementChild === item
  const start = first ? Number.parseInt(list.getAttribute('start') ?? '', 10) : Number.NaN
  return { type: 'ol', start: Number.isNaN(start) ? null : start }
}

function indentOf(element: HTMLElement, isHead: boolean): number | null {
  // Lists, not items: some programs put a list into a list, beside its items.
  let lists = isHead ? -1 : 0
  let said = 0
  for (let each: HTMLElement | null = element; each; each = each.parentElement) {
    if (each.tagName === 'UL' || each.tagName === 'OL') lists += 1
    said += Number.parseInt(each.dataset.indent ?? '0', 10) || 0
  }
  return Math.min(Math.max(lists, 0) + said, 8) || null
}

const BLOCK_RULES: TagParseRule[] = ['p', ...HEADINGS, 'li', 'div.callout', 'summary'].map(
  (tag) => ({
    tag,
    getAttrs: (element) => (tag === 'div.callout' ? calloutAttrs(element) : blockAttrs(element))
  })
)

function calloutAttrs(element: HTMLElement): Attrs | false {
  return element.querySelector('p') ? false : blockAttrs(element)
}

// Everything else that stands alone.

function figureDOM(node: Node): DOMOutputSpec {
  const { src, alt, width, caption } = node.attrs
  const image: DOMOutputSpec = ['img', said({ src: safeImage(src), alt: alt ?? '', width })]
  const place = said(placed(node))
  return caption ? ['figure', place, image, ['figcaption', caption]] : ['figure', place, image]
}

function figureAttrs(element: HTMLElement): Attrs | false {
  const image = element.querySelector('img')
  if (!image) return false
  return {
    src: image.getAttribute('src'),
    alt: image.getAttribute('alt') || null,
    caption: element.querySelector('figcaption')?.textContent || null
  }
}

function fileDOM(node: Node): DOMOutputSpec {
  const { src, name, caption } = node.attrs
  const link = said({ href: safeLink(src), download: name ?? '' })
  const inside: DOMOutputSpec[] = [['p', ['a', link, name ?? src ?? '']]]
  if (caption) inside.push(['figcaption', caption])
  return ['figure', { class: 'file', ...said(placed(node)) }, ...inside]
}

function spanning(node: Node): Record<string, string> {
  const { colspan, rowspan } = node.attrs
  return said({ colspan: colspan > 1 ? colspan : null, rowspan: rowspan > 1 ? rowspan : null })
}

const CELL_RULES: TagParseRule[] = ['td', 'th'].map((tag) => ({
  tag,
  getAttrs: (element) => ({
    header: tag === 'th' || null,
    colspan: spanOf(element, 'colspan'),
    rowspan: spanOf(element, 'rowspan')
  })
}))

function spanOf(element: HTMLElement, name: string): number {
  const span = Number.parseInt(element.getAttribute(name) ?? '', 10)
  return span > 1 && span <= 100 ? span : 1
}

/** By its name in schema.json, what ProseMirror must know of a node beyond what is said there. */
export const NODES: Record<string, Partial<NodeSpec>> = {
  doc: {},
  text: {},
  block: { toDOM: blockDOM, parseDOM: BLOCK_RULES },
  code_block: {
    code: true,
    marks: '',
    defining: true,
    toDOM: (node) => [
      'pre',
      said(placed(node)),
      ['code', said({ class: node.attrs.language ? `language-${node.attrs.language}` : null }), 0]
    ],
    parseDOM: [
      {
        tag: 'pre',
        preserveWhitespace: 'full',
        getAttrs: (element) => ({
          language: LANGUAGE.exec(element.querySelector('code')?.className ?? '')?.[1] ?? null,
          indent: indentOf(element, false)
        })
      }
    ]
  },
  figure: {
    draggable: true,
    toDOM: figureDOM,
    parseDOM: [{ tag: 'figure:not(.file)', getAttrs: figureAttrs }]
  },
  table: {
    isolating: true,
    tableRole: 'table',
    toDOM: (node) => ['table', said(placed(node)), ['tbody', 0]],
    parseDOM: [{ tag: 'table' }]
  },
  row: { tableRole: 'row', toDOM: () => ['tr', 0], parseDOM: [{ tag: 'tr' }] },
  cell: {
    isolating: true,
    tableRole: 'cell',
    // prosemirror-tables reckons with numbers: a cell that says nothing of itself spans one.
    attrs: { header: { default: null }, colspan: { default: 1 }, rowspan: { default: 1 } },
    toDOM: (node) => [node.attrs.header ? 'th' : 'td', spanning(node), 0],
    parseDOM: CELL_RULES
  },
  divider: {
    toDOM: (node) => ['hr', said(placed(node))],
    parseDOM: [{ tag: 'hr' }]
  },
  math: {
    toDOM: (node) => [
      'pre',
      { class: 'math', ...said(placed(node)) },
      ['code', { class: 'math' }, node.attrs.tex ?? '']
    ],
    parseDOM: [
      { tag: 'pre.math', priority: 60, getAttrs: (element) => ({ tex: element.textContent }) }
    ]
  },
  file: { toDOM: fileDOM },
  unknown_block: {
    atom: true,
    marks: '_',
    toDOM: (node) => [
      'div',
      { class: 'unknown', contenteditable: 'false', ...said({ 'data-unknown': node.attrs.name }) },
      ['p', 0]
    ]
  },
  br: { selectable: false, toDOM: () => ['br'], parseDOM: [{ tag: 'br' }] },
  mention: {
    toDOM: (node) => [
      'span',
      said({ 'data-mention': node.attrs.id ?? '', 'data-kind': node.attrs.kind }),
      `@${String(node.attrs.label ?? node.attrs.id ?? '').replace(/^@/, '')}`
    ]
  },
  image_inline: {
    draggable: true,
    toDOM: ({ attrs }) => [
      'img',
      said({ src: safeImage(attrs.src), alt: attrs.alt ?? '', width: attrs.width })
    ],
    parseDOM: [
      {
        tag: 'img[src]',
        getAttrs: (element) => ({
          src: element.getAttribute('src'),
          alt: element.getAttribute('alt') || null
        })
      }
    ]
  },
  math_inline: {
    toDOM: (node) => ['code', { class: 'math' }, node.attrs.tex ?? ''],
    parseDOM: [
      { tag: 'code.math', priority: 60, getAttrs: (element) => ({ tex: element.textContent }) }
    ]
  },
  unknown_inline: {
    toDOM: ({ attrs }) => ['span', said({ 'data-unknown': attrs.name }), `[${attrs.name ?? ''}]`]
  }
}

function plain(tag: string, ...tags: string[]): MarkSpec {
  return { toDOM: () => [tag, 0], parseDOM: [tag, ...tags].map((each) => ({ tag: each })) }
}

/** By its name in schema.json, what ProseMirror must know of a mark beyond what is said there. */
export const MARKS: Record<string, MarkSpec> = {
  link: {
    inclusive: false,
    toDOM: (mark) => [
      'a',
      said({ href: safeLink(mark.attrs.href), rel: 'noopener noreferrer' }),
      0
    ],
    parseDOM: [{ tag: 'a[href]', getAttrs: (element) => linkAttrs(element.getAttribute('href')) }]
  },
  comment: {
    inclusive: false,
    toDOM: (mark) => ['span', said({ 'data-comment': mark.attrs.id ?? '' }), 0]
  },
  unknown: { toDOM: (mark) => ['span', said({ 'data-unknown': mark.attrs.name ?? '' }), 0] },
  highlight: plain('mark'),
  bold: {
    toDOM: () => ['strong', 0],
    parseDOM: [
      { tag: 'strong' },
      // Google Docs wraps all that it copies into a `b` that means nothing.
      { tag: 'b', getAttrs: (element) => element.style.fontWeight !== 'normal' && null },
      { style: 'font-weight=bold' },
      { style: 'font-weight=700' }
    ]
  },
  italic: {
    ...plain('em', 'i'),
    parseDOM: [{ tag: 'em' }, { tag: 'i' }, { style: 'font-style=italic' }]
  },
  underline: plain('u'),
  strike: plain('s', 'del', 'strike'),
  sup: plain('sup'),
  sub: plain('sub'),
  code: plain('code')
}

function linkAttrs(href: string | null): Attrs | false {
  const address = safeLink(href)
  return address === null ? false : { href: address }
}

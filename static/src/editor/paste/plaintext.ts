/** Blocks as text: with the signs of Markdown, but for words out of one block. */

import type { Mark, Node, Slice } from 'prosemirror-model'
import { numbersOf } from '../blocks/numbering'
import { schema } from '../schema'

const SIGNS: Readonly<Record<string, string>> = {
  bold: '**',
  italic: '*',
  strike: '~~',
  highlight: '==',
  code: '`'
}
const LISTS = new Set(['ul', 'ol', 'task'])

/** Return what a program that takes text only is given of a slice. */
export function plainText({ content, openStart }: Slice): string {
  const only = content.childCount === 1 ? content.firstChild : null
  if (only?.isTextblock && openStart > 0) return only.textBetween(0, only.content.size, '\n', leaf)
  const document = schema.node('doc', null, content)
  const numbers = numbersOf(document)
  let text = ''
  let before: Node | null = null
  document.forEach((block, offset) => {
    if (before) text += isItem(before) && isItem(block) ? '\n' : '\n\n'
    text += indented(blockText(block, numbers.get(offset)), block.attrs.indent ?? 0)
    before = block
  })
  return text
}

function isItem({ attrs }: Node): boolean {
  return LISTS.has(attrs.type)
}

function indented(text: string, deep: number): string {
  return deep > 0 ? text.replace(/^(?=.)/gm, '    '.repeat(deep)) : text
}

function blockText(block: Node, number = 1): string {
  const { attrs } = block
  switch (block.type.name) {
    case 'block':
      return signed(block, number)
    case 'code_block':
      return `\`\`\`${attrs.language ?? ''}\n${block.textContent}\n\`\`\``
    case 'table':
      return tableText(block)
    case 'divider':
      return '---'
    case 'math':
      return `$$\n${attrs.tex ?? ''}\n$$`
    case 'figure':
    case 'file':
      return leaf(block)
    default:
      return words(block)
  }
}

function signed(block: Node, number: number): string {
  const { type, level, checked, tone } = block.attrs
  const said = words(block)
  switch (type) {
    case 'h':
      return `${'#'.repeat(level ?? 1)} ${said}`
    case 'ul':
      return `- ${said}`
    case 'ol':
      return `${number}. ${said}`
    case 'task':
      return `- [${checked ? 'x' : ' '}] ${said}`
    case 'quote':
      return said.replace(/^/gm, '> ')
    case 'callout':
      return `[!${String(tone ?? 'note').toUpperCase()}]\n${said}`.replace(/^/gm, '> ')
    default:
      return said
  }
}

function tableText(table: Node): string {
  const rows = table.content.content.map((row) => {
    const cells = row.content.content.map((cell) =>
      cell.content.content.map((block) => words(block).replace(/\|/g, '\\|')).join(' ')
    )
    return `| ${cells.join(' | ').replace(/\n/g, ' ')} |`
  })
  const wide = table.firstChild?.childCount ?? 0
  rows.splice(1, 0, `|${' --- |'.repeat(wide)}`)
  return rows.join('\n')
}

/** Return what a block says, its marks as signs. */
function words(block: Node): string {
  let text = ''
  let open: readonly Mark[] = []
  const turnTo = (marks: readonly Mark[]) => {
    const same = open.findIndex((mark, i) => !marks[i]?.eq(mark))
    const kept = same < 0 ? open.length : same
    // A sign stands at a word, and not at a space.
    const end = text.trimEnd()
    const closing = open.slice(kept).reverse().map(closingSign).join('')
    text = end + closing + text.slice(end.length)
    text += marks.slice(kept).map(openingSign).join('')
    open = marks
  }
  block.forEach((node) => {
    const said = node.text ?? leaf(node)
    const start = said.length - said.trimStart().length
    if (start > 0) turnTo(node.marks.filter((mark) => mark.isInSet(open)))
    text += said.slice(0, start)
    if (start < said.length) turnTo(node.marks)
    text += said.slice(start)
  })
  turnTo([])
  return text
}

function openingSign({ type }: Mark): string {
  return type.name === 'link' ? '[' : (SIGNS[type.name] ?? '')
}

function closingSign({ type, attrs }: Mark): string {
  return type.name === 'link' ? `](${attrs.href ?? ''})` : (SIGNS[type.name] ?? '')
}

/** Return what stands for something that has no words. */
function leaf({ type, attrs }: Node): string {
  switch (type.name) {
    case 'br':
      return '\n'
    case 'mention':
      return `@${String(attrs.label ?? attrs.id ?? '').replace(/^@/, '')}`
    case 'math_inline':
      return `$${attrs.tex ?? ''}$`
    case 'figure':
    case 'image_inline':
      return `![${attrs.alt ?? ''}](${addressOf(attrs.src)})`
    case 'file':
      return `[${attrs.name ?? ''}](${addressOf(attrs.src)})`
    default:
      return ''
  }
}

function addressOf(src: unknown): string {
  const address = String(src ?? '')
  return address.startsWith('/') ? location.origin + address : address
}

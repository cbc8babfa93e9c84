/** Text that is Markdown, as blocks. How words are marked in it, words.ts knows. */

import { Fragment, type Node } from 'prosemirror-model'
import type { Kind } from '../commands'
import { BLOCK, CODE, INDENT_MAX, nodeType } from '../schema'
import { figureIn, isMarked, wordsOf } from './words'

const FENCE = /^(`{3,20}(?!.*`)|~{3,20})\s*([\w+#-]{0,40})/
const HEADING = /^(#{1,6})\s+(\S.*)$/
const ITEM = /^([-*+]|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/
const QUOTE = /^>\s?/
const CALLOUT = /^\[!(note|tip|important|warning|caution)\]\s*/i
const DIVIDER = /^(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/
const DELIMITERS = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/
/** What may stand behind a heading. */
const CLOSING = /(?<=\s)#+$/
const UNDERLINE = /^(?:=+|-{2,})\s*$/

/** How many lines are read, and columns of a table: more is more than can be pasted. */
const LINES_MAX = 5000
const COLUMNS_MAX = 100

/**
 * Tell whether text clearly is Markdown: it has fenced code or a table, or two of its lines (or
 * its only one) have a sign. A # counts where an empty line follows: else it may be a comment.
 */
export function isMarkdown(text: string): boolean {
  const lines = text.split(/\r\n?|\n/)
  const said = lines.filter((line) => line.trim() !== '').length
  if (said > LINES_MAX) return false
  let signs = 0
  for (const [number, line] of lines.entries()) {
    const words = line.trim()
    if (FENCE.test(words) || isTable(words, lines[number + 1])) return true
    if (hasSign(words, lines[number + 1])) signs += 1
  }
  return signs > 0 && signs >= Math.min(2, said)
}

function hasSign(words: string, next: string | undefined): boolean {
  if (HEADING.test(words)) return (next ?? '').trim() === ''
  return ITEM.test(words) || QUOTE.test(words) || isMarked(words)
}

function titleIn([, , title = '']: RegExpExecArray): string {
  return title.replace(CLOSING, '').trimEnd()
}

function isTable(line: string, next: string | undefined): boolean {
  return line.includes('|') && next?.includes('|') === true && DELIMITERS.test(next.trim())
}

/** Return the blocks that Markdown says. */
export function blocksOf(text: string): Fragment {
  return Fragment.from(new Reader(text.split(/\r\n?|\n/)).read())
}

interface Item {
  readonly column: number
  /** Where its words begin. */
  readonly words: number
}

class Reader {
  readonly #blocks: Node[] = []
  /** The items that what follows may stand in. */
  readonly #items: Item[] = []
  #at = 0

  constructor(
    private readonly lines: readonly string[],
    /** In how many quotes these lines stand. */
    private readonly quoted = 0
  ) {}

  read(): Node[] {
    while (this.#at < this.lines.length) {
      const { column, words } = this.#line(this.#at)
      if (words === '') this.#at += 1
      else this.#readBlock(column, words)
    }
    return this.#blocks
  }

  #line(number: number): { column: number; words: string } {
    const line = (this.lines[number] ?? '').replace(/\t/g, '    ')
    return { column: line.length - line.trimStart().length, words: line.trim() }
  }

  #readBlock(column: number, words: string): void {
    while (this.#isBeside(column)) this.#items.pop()
    const fence = FENCE.exec(words)
    const heading = HEADING.exec(words)
    const item = DIVIDER.test(words) ? null : ITEM.exec(words)
    if (fence) this.#readCode(column, fence)
    else if (heading) this.#add({ type: 'h', level: heading[1]?.length ?? 1 }, titleIn(heading))
    else if (item) this.#readItem(column, item)
    else if (DIVIDER.test(words)) this.#put(nodeType('divider').create(this.#place()))
    else if (QUOTE.test(words) && this.quoted < INDENT_MAX) this.#readQuote()
    else if (isTable(words, this.lines[this.#at + 1])) this.#readTable()
    else this.#readParagraph()
  }

  /** Tell whether what begins there does not belong to the last item. */
  #isBeside(column: number): boolean {
    const last = this.#items.at(-1)
    return last !== undefined && column < Math.min(last.words, last.column + 2)
  }

  #place(): { indent: number | null } {
    return { indent: Math.min(this.#items.length, INDENT_MAX) || null }
  }

  #put(block: Node): void {
    this.#blocks.push(block)
    this.#at += 1
  }

  #add(kind: Kind, words: string, place = this.#place()): void {
    this.#put(BLOCK.create({ ...kind, ...place }, wordsOf(words)))
  }

  #readCode(column: number, [, fence = '', language]: RegExpExecArray): void {
    const code: string[] = []
    const place = this.#place()
    for (this.#at += 1; this.#at < this.lines.length; this.#at++) {
      const line = this.lines[this.#at] ?? ''
      const end = line.trim()
      if (end.startsWith(fence) && end === end[0]?.repeat(end.length)) break
      // The code of an item stands as deep as its fence.
      code.push(line.slice(Math.min(column, line.length - line.trimStart().length)))
    }
    const text = code.join('\n')
    const attrs = { ...place, language: language || null }
    this.#put(CODE.create(attrs, text ? CODE.schema.text(text) : null))
  }

  #readItem(column: number, match: RegExpExecArray): void {
    const [whole, , number, box, words = ''] = match
    const place = this.#place()
    this.#items.push({ column, words: column + whole.length - words.length })
    const lines = [words, ...this.#following()]
    this.#add(this.#kindOf(place, number, box), lines.join('\n'), place)
  }

  #kindOf(place: { indent: number | null }, number?: string, box?: string): Kind {
    if (box !== undefined) return { type: 'task', checked: box.toLowerCase() === 'x' || null }
    if (number === undefined) return { type: 'ul' }
    const before = this.#blocks.findLast(({ attrs }) => (attrs.indent ?? 0) <= (place.indent ?? 0))
    const goesOn = before?.attrs.type === 'ol' && before.attrs.indent === place.indent
    return { type: 'ol', start: goesOn || Number(number) === 1 ? null : Number(number) }
  }

  /** Go over the lines that go on with what the present one says. */
  #following(): string[] {
    const lines: string[] = []
    while (this.#at + 1 < this.lines.length) {
      const { words } = this.#line(this.#at + 1)
      const ends = [FENCE, HEADING, ITEM, QUOTE, DIVIDER, UNDERLINE].some((each) =>
        each.test(words)
      )
      if (words === '' || ends || isTable(words, this.lines[this.#at + 2])) break
      const isBroken = /(?: {2}|\\)$/.test(this.lines[this.#at + 1] ?? '')
      lines.push(isBroken ? `${words}  ` : words)
      this.#at += 1
    }
    return lines
  }

  #readParagraph(): void {
    const place = this.#place()
    const first = (this.lines[this.#at] ?? '').trimStart()
    const lines = [first, ...this.#following()]
    const { words: under } = this.#line(this.#at + 1)
    const figure = lines.length === 1 ? figureIn(first.trim(), place) : null
    if (figure) {
      this.#put(figure)
    } else if (UNDERLINE.test(under)) {
      this.#add({ type: 'h', level: under.startsWith('=') ? 1 : 2 }, lines.join('\n'), place)
      this.#at += 1
    } else {
      this.#add({ type: null }, lines.join('\n'), place)
    }
  }

  #readQuote(): void {
    const lines: string[] = []
    for (; QUOTE.test(this.#line(this.#at).words); this.#at++) {
      lines.push(this.#line(this.#at).words.replace(QUOTE, ''))
    }
    const tone = CALLOUT.exec(lines[0] ?? '')
    if (tone) lines[0] = lines[0]?.slice(tone[0].length) ?? ''
    const kind = tone ? { type: 'callout', tone: tone[1]?.toLowerCase() } : { type: 'quote' }
    const deep = this.#place().indent ?? 0
    for (const block of new Reader(lines, this.quoted + 1).read()) {
      const indent = Math.min(deep + (block.attrs.indent ?? 0), INDENT_MAX) || null
      const isWords = block.type === BLOCK && block.attrs.type === null
      const attrs = { ...block.attrs, ...(isWords ? kind : {}), indent }
      this.#blocks.push(block.type.create(attrs, block.content))
    }
  }

  #readTable(): void {
    const place = this.#place()
    const aligns = cellsOf(this.#line(this.#at + 1).words)
      .slice(0, COLUMNS_MAX)
      .map(alignOf)
    const rows = [rowOf(this.#line(this.#at).words, aligns, true)]
    for (this.#at += 2; this.#line(this.#at).words.includes('|'); this.#at++) {
      rows.push(rowOf(this.#line(this.#at).words, aligns, null))
    }
    this.#blocks.push(nodeType('table').create(place, rows))
  }
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((each) => each.trim().replaceAll('\\|', '|'))
}

function alignOf(delimiter: string): string | null {
  if (!delimiter.endsWith(':')) return null
  return delimiter.startsWith(':') ? 'center' : 'end'
}

function rowOf(line: string, aligns: ReadonlyArray<string | null>, header: true | null): Node {
  const cells = cellsOf(line)
  return nodeType('row').create(
    null,
    aligns.map((align, i) =>
      nodeType('cell').create({ header }, BLOCK.create({ align }, wordsOf(cells[i] ?? '')))
    )
  )
}

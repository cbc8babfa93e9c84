/** Marks, links and pictures as Markdown says them among words. */

import type { Mark, Node } from 'prosemirror-model'
import { safeImage, safeLink } from '../dom'
import { markType, nodeType, schema } from '../schema'

/** The longest block whose marks are read, and how far the end of code is sought. */
const MARKED_LENGTH_MAX = 10_000
const REACH = '.{1,500}?'

const MARKS = ['bold', 'italic', 'strike', 'highlight'] as const

const INLINE = new RegExp(
  [
    String.raw`\\(?<escaped>[!-/:-@[-\x60{-~])`,
    String.raw`(?<ticks>(?<!\x60)\x60{1,3}(?!\x60))(?<code>${REACH})(?<!\x60)\k<ticks>(?!\x60)`,
    String.raw`!\[(?<alt>[^[\]\n]*)\]\((?<src>[^\s()]+)(?:\s+"[^"\n]*")?\)`,
    String.raw`\[(?<linked>[^[\]\n]+)\]\(<?(?<href>[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+"[^"\n]*")?\)`,
    String.raw`<(?<auto>https?:[^\s<>]+)>`,
    String.raw`(?<bolds>\*\*|(?<!\w)__)(?=\S)(?<bold>(?:(?!\k<bolds>(?!\*)).)+)(?<=\S)\k<bolds>(?!\w)`,
    String.raw`(?<italics>(?<!\*)\*|(?<!\w)_)(?=[^\s*_])(?<italic>(?:\*\*|__|(?!\k<italics>).)+)(?<=\S)\k<italics>(?!\w)`,
    String.raw`~~(?=\S)(?<strike>(?:(?!~~).)+)(?<=\S)~~`,
    String.raw`==(?=\S)(?<highlight>(?:(?!==).)+)(?<=\S)==`,
    String.raw`(?<broken>(?<! ) {2,}\n|\\\n)`,
    String.raw`(?<soft>\n)`
  ].join('|'),
  'gs'
)

/** Tell whether words have a sign that hardly anybody writes but for Markdown. */
export function isMarked(words: string): boolean {
  return /\*\*[^\s*][^*]*\*\*|\]\((?:https?:|\/)[^\s)\]]+\)/.test(words)
}

/** Return the picture, if there is nothing else. */
export function figureIn(words: string, place: { indent: number | null }): Node | null {
  const match = /^!\[([^\]]*)\]\(([^\s()]+)(?:\s+"([^"]*)")?\)$/.exec(words)
  if (!match || safeImage(match[2]) === null) return null
  const [, alt, src, caption] = match
  return nodeType('figure').create({ ...place, src, alt: alt || null, caption: caption || null })
}

/** Return the words with their marks. */
export function wordsOf(said: string, marks: readonly Mark[] = []): Node[] {
  if (said === '') return []
  if (said.length > MARKED_LENGTH_MAX) return [schema.text(said, marks)]
  const nodes: Node[] = []
  let at = 0
  for (const match of said.matchAll(INLINE)) {
    if (match.index > at) nodes.push(schema.text(said.slice(at, match.index), marks))
    nodes.push(...oneOf(match[0], match.groups ?? {}, marks))
    at = match.index + match[0].length
  }
  if (at < said.length) nodes.push(schema.text(said.slice(at), marks))
  return nodes
}

type Groups = Record<string, string | undefined>

function oneOf(whole: string, groups: Groups, marks: readonly Mark[]): Node[] {
  const { escaped, code, alt, src, linked, href, auto, broken, soft } = groups
  if (escaped !== undefined) return [schema.text(escaped, marks)]
  if (code !== undefined) return [schema.text(code, markType('code').create().addToSet(marks))]
  if (src !== undefined) return pictureOf(whole, src, alt, marks)
  if (broken !== undefined) return [nodeType('br').create()]
  if (soft !== undefined) return [schema.text(' ', marks)]
  const address = safeLink(href ?? auto)
  if (linked ?? auto) {
    const link = markType('link').create({ href: address })
    return wordsOf(linked ?? auto ?? '', address ? link.addToSet(marks) : marks)
  }
  const name = MARKS.find((each) => groups[each] !== undefined)
  if (!name) return [schema.text(whole, marks)]
  return wordsOf(groups[name] ?? '', markType(name).create().addToSet(marks))
}

function pictureOf(whole: string, src: string, alt: string | undefined, marks: readonly Mark[]) {
  if (safeImage(src) === null) return [schema.text(whole, marks)]
  return [nodeType('image_inline').create({ src, alt: alt || null }, null, marks)]
}

/** How much is written, in the text and in what is selected of it; counted once for each block. */

import { signal } from '@preact/signals'
import type { Node } from 'prosemirror-model'
import type { EditorState, Plugin } from 'prosemirror-state'
import { Lookout } from './lookout'

const WORDS_A_MINUTE = 230
/** Where the browser does not know what a word is: letters and digits, with what joins them. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu

export interface Count {
  readonly words: number
  readonly characters: number
}

export interface Counted {
  readonly all: Count
  /** Of what is selected, if anything is. */
  readonly selected: Count | null
  /** How long it takes to read all of it. */
  readonly minutes: number
}

const NOTHING: Count = { words: 0, characters: 0 }
const counted = new WeakMap<Node, Count>()
const segmenter =
  'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null

export class WordCount {
  readonly count = signal<Counted>({ all: NOTHING, selected: null, minutes: 0 })
  #lookout = new Lookout(
    (before, after) => before.doc !== after.doc || !before.selection.eq(after.selection),
    ({ state }) => {
      this.count.value = countIn(state)
    }
  )

  plugin(): Plugin {
    return this.#lookout.plugin()
  }

  want(isWanted: boolean): void {
    this.#lookout.want(isWanted)
  }
}

/** Return how much a state's text holds, and its selection. */
export function countIn({ doc, selection }: EditorState): Counted {
  const { from, to, empty } = selection
  const all = between(doc, 0, doc.content.size)
  return {
    all,
    selected: empty ? null : between(doc, from, to),
    minutes: Math.ceil(all.words / WORDS_A_MINUTE)
  }
}

/** Return how much a text holds. */
export function count(text: string): Count {
  const characters = [...text].length
  if (!segmenter) return { words: text.match(WORD)?.length ?? 0, characters }
  let words = 0
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) words += 1
  return { words, characters }
}

function between(doc: Node, from: number, to: number): Count {
  let [words, characters] = [0, 0]
  doc.nodesBetween(from, to, (node, pos) => {
    if (!node.isTextblock) return true
    const [start, end] = [Math.max(0, from - pos - 1), Math.min(node.content.size, to - pos - 1)]
    const isWhole = start === 0 && end === node.content.size
    const here = isWhole ? whole(node) : count(node.textBetween(start, end, ' ', ' '))
    words += here.words
    characters += here.characters
    return false
  })
  return { words, characters }
}

function whole(block: Node): Count {
  const known = counted.get(block)
  if (known) return known
  const made = count(block.textBetween(0, block.content.size, ' ', ' '))
  counted.set(block, made)
  return made
}

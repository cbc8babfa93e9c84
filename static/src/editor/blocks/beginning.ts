/** How the text begins: what a document without a title is called by, as in the library. */

import { signal } from '@preact/signals'
import type { Node } from 'prosemirror-model'
import type { Plugin } from 'prosemirror-state'
import { Lookout } from '../overview/lookout'

/** So far down a heading is looked for; the library looks at all of the text. */
const BLOCKS_MAX = 200
const CHARACTERS_MAX = 80

export class Beginning {
  readonly words = signal('')
  readonly #lookout = new Lookout(
    (before, after) => before.doc !== after.doc,
    ({ state }) => {
      this.words.value = beginningOf(state.doc)
    }
  )

  plugin(): Plugin {
    return this.#lookout.plugin()
  }

  want(isWanted: boolean): void {
    this.#lookout.want(isWanted)
  }
}

/** Return the first heading that says something, else the first line that does, else nothing. */
export function beginningOf(doc: Node): string {
  let first = ''
  for (let i = 0; i < Math.min(doc.childCount, BLOCKS_MAX); i += 1) {
    const block = doc.child(i)
    const text = lineOf(block)
    if (text === '') continue
    if (block.attrs.type === 'h') return text.slice(0, CHARACTERS_MAX)
    if (first === '') first = text
  }
  return first.slice(0, CHARACTERS_MAX)
}

/** Return a block's first line; of a table, its first row. */
function lineOf(block: Node): string {
  const row = block.type.name === 'table' ? block.firstChild : block
  const text = row?.textBetween(0, row.content.size, ' ') ?? ''
  return text.trim().split('\n', 1)[0] ?? ''
}

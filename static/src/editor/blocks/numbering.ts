/**
 * The numbers of numbered lists: each item is a list of its own, and says where it begins.
 *
 * They count as content/nesting.py groups: neighbours at one indent count on, whatever is indented
 * deeper between them; a block with a `start` begins anew.
 */

import type { Node } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import { Decoration, DecorationSet } from 'prosemirror-view'
import { follow, listsOf } from '../tables/places'

/** Return the number of each block that has one, by its position. */
export function numbersOf(doc: Node): Map<number, number> {
  const numbers = new Map<number, number>()
  for (const { node, start } of listsOf(doc)) {
    for (const [offset, number] of numbersIn(node)) numbers.set(start + offset, number)
  }
  return numbers
}

function numbersIn(list: Node): Map<number, number> {
  const numbers = new Map<number, number>()
  const counts: number[] = []
  list.forEach((node, offset) => {
    const deep: number = node.attrs.indent ?? 0
    counts.length = Math.min(counts.length, deep + 1)
    if (node.attrs.type === 'ol') {
      const number = node.attrs.start ?? (counts[deep] ?? 0) + 1
      counts[deep] = number
      numbers.set(offset, number)
    } else {
      counts[deep] = 0
    }
  })
  return numbers
}

function decorationsOf(doc: Node): DecorationSet {
  const decorations: Decoration[] = []
  for (const { node: list, start } of listsOf(doc)) {
    const numbers = numbersIn(list)
    list.forEach(({ nodeSize }, offset) => {
      const [number, pos] = [numbers.get(offset) ?? 1, start + offset]
      if (number === 1) return
      decorations.push(Decoration.node(pos, pos + nodeSize, { start: String(number) }))
    })
  }
  return DecorationSet.create(doc, decorations)
}

export function numbering(): Plugin<DecorationSet> {
  const plugin: Plugin<DecorationSet> = new Plugin({
    state: {
      init: (_config, state) => decorationsOf(state.doc),
      apply: (tr, known) => follow(known, tr, decorationsOf)
    },
    props: {
      decorations: (state) => plugin.getState(state)
    }
  })
  return plugin
}

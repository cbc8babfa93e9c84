/**
 * Colours in code. While somebody types they move with the text; what is what is found a moment
 * later. Others' changes replace blocks: where they are of code, all colours are made anew from what
 * is known of each block.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import { type EditorState, Plugin, PluginKey } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { CODE } from '../schema'
import { follow } from '../tables/places'
import { lookAtCaret } from '../together/lateness'
import type { Part } from './colours'

/** Longer programs have no colours: each would cost every keystroke in them. */
export const COLOURED_LENGTH_MAX = 30_000
const REST_MS = 80

type Colours = typeof import('./colours')
type Parts = readonly Part[]

const key = new PluginKey<DecorationSet>('highlighting')

/** Return the blocks that can have colours. */
function programs(doc: Node): Array<{ node: Node; pos: number }> {
  const found: Array<{ node: Node; pos: number }> = []
  doc.descendants((node, pos) => {
    if (node.type === CODE && node.attrs.language && node.content.size <= COLOURED_LENGTH_MAX)
      found.push({ node, pos })
    return !node.isTextblock
  })
  return found
}

/** What is known of each program; of one that was changed, what it was before. */
class Known {
  readonly #exact = new WeakMap<Node, Parts>()
  readonly #latest = new Map<string, Parts>()

  has(node: Node): boolean {
    return this.#exact.has(node)
  }

  set(node: Node, parts: Parts): void {
    this.#exact.set(node, parts)
    if (node.attrs.id) this.#latest.set(node.attrs.id, parts)
  }

  decorations(doc: Node): DecorationSet {
    const decorations: Decoration[] = []
    for (const { node, pos } of programs(doc)) {
      const parts = this.#exact.get(node) ?? this.#latest.get(node.attrs.id) ?? []
      for (const { from, to, what } of parts) {
        if (to > node.content.size) continue
        decorations.push(Decoration.inline(pos + 1 + from, pos + 1 + to, { class: what }))
      }
    }
    return DecorationSet.create(doc, decorations)
  }
}

class Highlighter {
  #colours: Colours | null = null
  #isLoading = false
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly view: EditorView,
    private readonly known: Known
  ) {
    this.update()
  }

  update(_view?: EditorView, before?: EditorState): void {
    if (before?.doc === this.view.state.doc) return
    if (this.#timer !== null || !this.#missing().length) return
    if (this.#colours === null) void this.#load()
    else this.#timer = setTimeout(() => this.#colour(), REST_MS)
  }

  /** Without what finds colours, code is text, as it is without a network. */
  async #load(): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    this.#colours = await import('./colours').catch(() => null)
    this.#isLoading = false
    if (this.#colours && !this.view.isDestroyed) this.#colour()
  }

  #missing(): Node[] {
    return programs(this.view.state.doc)
      .map(({ node }) => node)
      .filter((node) => !this.known.has(node))
  }

  #colour(): void {
    this.#timer = null
    for (const node of this.#missing())
      this.known.set(node, this.#colours?.partsOf(node.attrs.language, node.textContent) ?? [])
    lookAtCaret(this.view)
    this.view.dispatch(this.view.state.tr.setMeta(key, true).setMeta('addToHistory', false))
  }

  destroy(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}

export function highlighting(): Plugin<DecorationSet> {
  const known = new Known()
  return new Plugin({
    key,
    state: {
      init: (_config, state) => known.decorations(state.doc),
      apply(tr, shown) {
        const make = (doc: Node) => known.decorations(doc)
        if (tr.getMeta(key)) return make(tr.doc)
        const isForeign = tr.getMeta(ySyncPluginKey)?.isChangeOrigin
        if (isForeign) return follow(shown, tr, make, (node) => node.type !== CODE)
        return tr.docChanged ? shown.map(tr.mapping, tr.doc) : shown
      }
    },
    view: (view) => new Highlighter(view, known),
    props: { decorations: (state: EditorState) => key.getState(state) }
  })
}

/**
 * Toggles: what stands deeper behind one is hidden while it is folded, by decorations alone. It
 * unfolds before whoever gets into what is hidden, by finding it or by writing on.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import { type Command, type EditorState, Plugin, TextSelection } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { begin } from '../commands'
import { follow, listsOf } from '../tables/places'
import { around } from './blockbar'

interface Folded {
  /** Where the toggle is. */
  readonly pos: number
  /** Where what it hides begins and ends. */
  readonly from: number
  readonly to: number
}

const isToggle = (node: Node) => node.attrs.type === 'toggle'

/** Return what folded toggles hide. */
export function foldedIn(doc: Node): Folded[] {
  return listsOf(doc).flatMap(({ node, start }) => foldedAmong(node, start))
}

function foldedAmong(list: Node, start: number): Folded[] {
  const found: Folded[] = []
  let open: { pos: number; from: number; deep: number } | null = null
  const close = (to: number) => {
    if (open && to > open.from) found.push({ pos: open.pos, from: open.from, to })
    open = null
  }
  list.forEach((node, offset) => {
    const pos = start + offset
    const deep: number = node.attrs.indent ?? 0
    if (open && deep > open.deep) return
    close(pos)
    if (isToggle(node) && node.attrs.collapsed) open = { pos, from: pos + node.nodeSize, deep }
  })
  close(start + list.content.size)
  return found
}

function decorationsOf(doc: Node): DecorationSet {
  const decorations: Decoration[] = []
  for (const { from, to } of foldedIn(doc)) {
    for (let pos = from; pos < to; ) {
      const size = doc.nodeAt(pos)?.nodeSize ?? to - pos
      decorations.push(Decoration.node(pos, pos + size, { class: 'folded' }))
      pos += size
    }
  }
  return DecorationSet.create(doc, decorations)
}

/** Fold a toggle or unfold it; a caret that would be hidden goes to its end. */
function fold(state: EditorState, pos: number): EditorState['tr'] {
  const { tr } = state
  const toggle = state.doc.nodeAt(pos)
  tr.setNodeAttribute(pos, 'collapsed', toggle?.attrs.collapsed ? null : true)
  const hidden = foldedIn(tr.doc).find((each) => each.pos === pos)
  const { from, to } = state.selection
  if (toggle && hidden && to >= hidden.from && from < hidden.to)
    tr.setSelection(TextSelection.create(tr.doc, pos + toggle.nodeSize - 1))
  return tr
}

/** Fold the toggle of the caret, or unfold it. */
export const toggleFold: Command = (state, dispatch) => {
  const found = around(state, isToggle)
  if (!found) return false
  if (dispatch) {
    begin(state)
    dispatch(fold(state, found.pos))
  }
  return true
}

/** Return what unfolds all that hides the selection; null if nothing does. */
function unfolded(state: EditorState): EditorState['tr'] | null {
  const { from, to } = state.selection
  const hiding = foldedIn(state.doc).filter((each) => from < each.to && to > each.from)
  if (hiding.length === 0) return null
  const { tr } = state
  for (const { pos } of hiding) tr.setNodeAttribute(pos, 'collapsed', null)
  return tr
}

function clicked(view: EditorView, event: MouseEvent): boolean {
  const button = event.target instanceof Element ? event.target.closest('.toggle .box') : null
  if (!button) return false
  event.preventDefault()
  const $pos = view.state.doc.resolve(view.posAtDOM(button, 0))
  if (!view.editable || $pos.depth === 0) return true
  begin(view.state)
  view.dispatch(fold(view.state, $pos.before()))
  return true
}

export function toggles(): Plugin<DecorationSet> {
  const plugin: Plugin<DecorationSet> = new Plugin({
    state: {
      init: (_config, state) => decorationsOf(state.doc),
      apply: (tr, known) => follow(known, tr, decorationsOf)
    },
    appendTransaction(transactions, _before, after) {
      // What another folds over a caret stays folded until somebody writes there.
      const isForeign = transactions.some((tr) => tr.getMeta(ySyncPluginKey)?.isChangeOrigin)
      if (isForeign || plugin.getState(after) === DecorationSet.empty) return null
      return transactions.some((tr) => tr.docChanged || tr.selectionSet) ? unfolded(after) : null
    },
    props: {
      decorations: (state) => plugin.getState(state),
      handleDOMEvents: {
        mousedown(_view, event) {
          const isButton =
            event.target instanceof Element && event.target.closest('.toggle .box') !== null
          if (isButton) event.preventDefault()
          return isButton
        },
        click: clicked
      }
    }
  })
  return plugin
}

/**
 * Blocks change their places. In Yjs a place cannot be changed: what moves is deleted there and
 * made anew here. So it is only ever what was to be moved: its neighbours stay the elements they
 * are, and so does what others type in them.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { Fragment, type Node } from 'prosemirror-model'
import {
  type Command,
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
  type Transaction
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type * as Y from 'yjs'
import { begin } from '../commands'

/** Says of a transaction that what has the same id in it is the same block, on its way. */
export const MOVING = 'moving'

/** What the binding needs to stay in place, to see that the rest has moved. */
const STAYING_MIN = 2

export function positionOf(doc: Node, index: number): number {
  let pos = 0
  for (let i = 0; i < index; i++) pos += doc.child(i).nodeSize
  return pos
}

/** Return the places of the blocks that the selection touches. */
export function selectedPlaces(state: EditorState): number[] {
  const { $from, $to } = state.selection
  const [first, last] = [$from.index(0), Math.min($to.index(0), state.doc.childCount - 1)]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** Return a block's place and those of what stands inside it: what is indented deeper behind it. */
export function withInside(doc: Node, place: number): number[] {
  const deep = doc.child(place).attrs.indent ?? 0
  const places = [place]
  for (let i = place + 1; i < doc.childCount; i++) {
    if ((doc.child(i).attrs.indent ?? 0) <= deep) break
    places.push(i)
  }
  return places
}

/** Return which elements of the shared text are at these places: what they are, wherever they go. */
export function elementsAt(
  state: EditorState,
  places: readonly number[]
): Array<Y.XmlElement | Y.XmlText> {
  const fragment: Y.XmlFragment = ySyncPluginKey.getState(state).type
  return places.map((place) => fragment.get(place))
}

/** Return where these elements are now; those that are gone are left out. */
export function placesOf(state: EditorState, elements: readonly unknown[]): number[] {
  const fragment: Y.XmlFragment = ySyncPluginKey.getState(state).type
  const all: unknown[] = fragment.toArray()
  return all.flatMap((each, place) => (elements.includes(each) ? [place] : []))
}

/** Return a command that moves the blocks at these places before the one that is at `before`. */
export function moveBlocks(places: readonly number[], before: number): Command {
  return (state, dispatch, view) => {
    const [first, last] = [places[0], places.at(-1)]
    if (first === undefined || last === undefined) return false
    const isTogether = last - first + 1 === places.length
    if (isTogether && before >= first && before <= last + 1) return false
    if (!dispatch) return true
    begin(state)
    const staying = state.doc.childCount - places.length
    if (staying < STAYING_MIN && view) inTwoSteps(view, places, before)
    else dispatch(moved(state, places, before))
    return true
  }
}

/** Return copies that the binding does not take for what they are copies of. */
function anew(doc: Node, places: readonly number[]): Fragment {
  const nodes = places.map((place) => doc.child(place))
  return Fragment.from(nodes.map((node) => node.type.create(node.attrs, node.content, node.marks)))
}

function moved(state: EditorState, places: readonly number[], before: number): Transaction {
  const { doc, tr, selection } = state
  removeFrom(tr, doc, places)
  const at = tr.mapping.map(positionOf(doc, before))
  tr.insert(at, anew(doc, places)).setMeta(MOVING, true)
  const from = positionOf(doc, places[0] ?? 0)
  return carry(tr, selection, from, positionOf(doc, (places.at(-1) ?? 0) + 1), at - from)
}

/**
 * First the copies come, then what they are copies of goes. At once, the binding would find too
 * little in its place, and write the words of one block over those of the other.
 */
function inTwoSteps(view: EditorView, places: readonly number[], before: number): void {
  const { doc, tr, selection } = view.state
  const at = positionOf(doc, before)
  const copies = anew(doc, places)
  view.dispatch(tr.insert(at, copies).setMeta(MOVING, true))
  const next = view.state.tr.setMeta(MOVING, true)
  const shifted = places.map((place) => (place < before ? place : place + places.length))
  removeFrom(next, view.state.doc, shifted)
  const from = positionOf(doc, places[0] ?? 0)
  const end = positionOf(doc, (places.at(-1) ?? 0) + 1)
  const by = (at > from ? at - copies.size : at) - from
  view.dispatch(carry(next, selection, from, end, by))
}

function removeFrom(tr: Transaction, doc: Node, places: readonly number[]): void {
  for (const place of [...places].reverse()) {
    tr.delete(positionOf(doc, place), positionOf(doc, place + 1))
  }
}

/** The selection goes with what it was in. */
function carry(
  tr: Transaction,
  was: Selection,
  from: number,
  end: number,
  by: number
): Transaction {
  if (was.from < from || was.to > end) return tr
  if (was instanceof NodeSelection) {
    tr.setSelection(NodeSelection.create(tr.doc, was.from + by))
  } else if (was instanceof TextSelection) {
    tr.setSelection(TextSelection.create(tr.doc, was.anchor + by, was.head + by))
  }
  return tr.scrollIntoView()
}

/** Return a command that moves the selected blocks up or down by one. */
export function move(direction: -1 | 1): Command {
  return (state, dispatch, view) => {
    const places = selectedPlaces(state)
    const before = direction < 0 ? (places[0] ?? 0) - 1 : (places.at(-1) ?? 0) + 2
    if (before < 0 || before > state.doc.childCount) return false
    return moveBlocks(places, before)(state, dispatch, view)
  }
}

/** Put the selected blocks once more behind themselves. */
export const duplicate: Command = (state, dispatch) => {
  const places = selectedPlaces(state)
  if (dispatch) {
    begin(state)
    const nodes = places.map((place) => state.doc.child(place))
    const copies = nodes.map((node) => node.type.create({ ...node.attrs, id: null }, node.content))
    const at = positionOf(state.doc, (places.at(-1) ?? 0) + 1)
    dispatch(state.tr.insert(at, copies).scrollIntoView())
  }
  return true
}

/** Remove the selected blocks. */
export const remove: Command = (state, dispatch) => {
  if (dispatch) {
    begin(state)
    const { tr } = state
    removeFrom(tr, state.doc, selectedPlaces(state))
    dispatch(tr.scrollIntoView())
  }
  return true
}

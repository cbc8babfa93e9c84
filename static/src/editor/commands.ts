/**
 * What can be done to blocks. A block changes what it is by its attributes alone, so that what
 * somebody else types in it meanwhile stays.
 */

import { yUndoPluginKey } from '@tiptap/y-tiptap'
import { splitBlockAs, toggleMark } from 'prosemirror-commands'
import type { MarkType, Node } from 'prosemirror-model'
import { type Command, type EditorState, TextSelection, type Transaction } from 'prosemirror-state'
import { BLOCK, CODE, INDENT_MAX, markType, nodeType, schema } from './schema'

export interface Kind {
  readonly type: string | null
  readonly level?: number | null
  readonly checked?: boolean | null
  readonly start?: number | null
  readonly tone?: string | null
  readonly collapsed?: boolean | null
}

export const PARAGRAPH: Kind = { type: null }
const LISTS = new Set(['ul', 'ol', 'task'])
/** Attributes that say what a block is; the others say where it stands. */
const KIND_ATTRS = ['type', 'level', 'checked', 'start', 'tone', 'collapsed'] as const

/** Have what follows be undone by itself, and not with what was typed before. */
export function begin(state: EditorState): void {
  yUndoPluginKey.getState(state)?.undoManager.stopCapturing()
}

/** Return the blocks that the selection touches, with their positions. */
export function selectedBlocks(state: EditorState): Array<{ node: Node; pos: number }> {
  const found: Array<{ node: Node; pos: number }> = []
  const { from, to } = state.selection
  state.doc.nodesBetween(from, to, (node, pos) => {
    // Who is in a table means what stands in its cells, and not the table.
    const isAround = node.type.spec.tableRole === 'table' && from > pos && to < pos + node.nodeSize
    if (node.type.spec.group === 'anyblock' && !isAround) found.push({ node, pos })
    return !node.isTextblock
  })
  return found
}

/** Make a block what `kind` says. */
export function setKind(tr: Transaction, pos: number, kind: Kind): Transaction {
  const node = tr.doc.nodeAt(pos)
  if (node?.type !== BLOCK) return tr
  for (const name of KIND_ATTRS) {
    const value = kind[name] ?? null
    if (node.attrs[name] !== value) tr.setNodeAttribute(pos, name, value)
  }
  return tr
}

/** Return a command that makes the selected blocks what `kind` says. */
export function turnInto(kind: Kind): Command {
  return (state, dispatch) => {
    const blocks = selectedBlocks(state).filter(
      ({ node }) => node.type === BLOCK || node.type === CODE
    )
    if (blocks.length === 0) return false
    if (dispatch) {
      begin(state)
      const { tr } = state
      for (const { node, pos } of blocks) {
        if (node.type === CODE)
          tr.setNodeMarkup(pos, BLOCK, { id: node.attrs.id, indent: node.attrs.indent })
        setKind(tr, pos, kind)
      }
      dispatch(tr.scrollIntoView())
    }
    return true
  }
}

/** Make the block of the caret code; what marks and breaks were in it is text then. */
export const turnIntoCode: Command = (state, dispatch) => {
  const { $from, $to } = state.selection
  if (!$from.sameParent($to) || $from.parent.type !== BLOCK) return false
  if (dispatch) {
    begin(state)
    const { id, indent: deep } = $from.parent.attrs
    const words = $from.parent.textBetween(0, $from.parent.content.size, undefined, '\n')
    const code = CODE.create({ id, indent: deep }, words ? schema.text(words) : null)
    const tr = state.tr.replaceWith($from.before(), $from.after(), code)
    dispatch(tr.setSelection(TextSelection.create(tr.doc, $from.pos)).scrollIntoView())
  }
  return true
}

/** Return a command that shifts the selected blocks by so many steps. */
export function indent(steps: number): Command {
  return (state, dispatch) => {
    const { tr } = state
    for (const { node, pos } of selectedBlocks(state)) {
      const deep = Math.min(Math.max((node.attrs.indent ?? 0) + steps, 0), INDENT_MAX)
      if (deep !== (node.attrs.indent ?? 0)) tr.setNodeAttribute(pos, 'indent', deep || null)
    }
    if (tr.docChanged) {
      begin(state)
      dispatch?.(tr.scrollIntoView())
    }
    // Also where nothing changes: the key that indents must not lead out of the text.
    return true
  }
}

/** Return the block that the caret is in, if nothing is selected. */
function caretBlock(
  state: EditorState
): { node: Node; pos: number; $at: TextSelection['$from'] } | null {
  const { selection } = state
  if (!(selection instanceof TextSelection) || !selection.empty) return null
  const $at = selection.$from
  if ($at.depth === 0) return null
  return { node: $at.parent, pos: $at.before(), $at }
}

/** An empty item leaves its list: first outwards, then it is a paragraph. */
export const leaveEmpty: Command = (state, dispatch) => {
  const here = caretBlock(state)
  if (here?.node.type !== BLOCK || here.node.content.size > 0) return false
  const deep = here.node.attrs.indent ?? 0
  if (deep === 0 && (here.node.attrs.type ?? 'p') === 'p') return false
  if (deep > 0) return indent(-1)(state, dispatch)
  return turnInto(PARAGRAPH)(state, dispatch)
}

/** At the start of a block: what it is goes first, then its indent. */
export const plainAtStart: Command = (state, dispatch) => {
  const here = caretBlock(state)
  if (!here || here.$at.parentOffset > 0) return false
  if (here.node.type === CODE)
    return here.node.content.size === 0 && turnInto(PARAGRAPH)(state, dispatch)
  if (here.node.type !== BLOCK) return false
  if ((here.node.attrs.type ?? 'p') !== 'p') return turnInto(PARAGRAPH)(state, dispatch)
  return (here.node.attrs.indent ?? 0) > 0 && indent(-1)(state, dispatch)
}

/** What the second half of a split block is. */
export const split: Command = splitBlockAs((node, atEnd) => {
  if (node.type !== BLOCK) return null
  const { indent: deep, type, align, dir } = node.attrs
  const place = { indent: deep, align, dir }
  if (LISTS.has(type) || type === 'quote') return { type: BLOCK, attrs: { ...place, type } }
  if (type === 'callout' || type === 'toggle') {
    return { type: BLOCK, attrs: { ...place, indent: Math.min((deep ?? 0) + 1, INDENT_MAX) } }
  }
  if (type === 'h' && !atEnd)
    return { type: BLOCK, attrs: { ...place, type, level: node.attrs.level } }
  return { type: BLOCK, attrs: place }
})

/** Check a task, or uncheck it. */
export const toggleChecked: Command = (state, dispatch) => {
  const tasks = selectedBlocks(state).filter(({ node }) => node.attrs.type === 'task')
  if (tasks.length === 0) return false
  if (dispatch) {
    const { tr } = state
    const checked = tasks.some(({ node }) => !node.attrs.checked) || null
    for (const { pos } of tasks) tr.setNodeAttribute(pos, 'checked', checked)
    begin(state)
    dispatch(tr)
  }
  return true
}

/** Put a divider behind the block, or in its place if it is empty. */
export const insertDivider: Command = (state, dispatch) => {
  const here = caretBlock(state)
  if (!here) return false
  if (dispatch) {
    const divider = nodeType('divider').create({ indent: here.node.attrs.indent })
    const { tr } = state
    const at = here.node.content.size === 0 ? here.pos : here.pos + here.node.nodeSize
    dispatch(tr.insert(at, divider).scrollIntoView())
  }
  return true
}

/** Break the line within a block. */
export const breakLine: Command = (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false
  dispatch?.(state.tr.replaceSelectionWith(nodeType('br').create()).scrollIntoView())
  return true
}

/** Return the command that sets a mark, or takes it away where all words have it. */
export function mark(name: string): Command {
  const type = markType(name)
  const set = toggleMark(type, null, { removeWhenPresent: false })
  return (state, dispatch, view) => {
    if (state.selection.empty || !isMarked(state, type)) return set(state, dispatch, view)
    const { tr } = state
    for (const { $from, $to } of state.selection.ranges) tr.removeMark($from.pos, $to.pos, type)
    dispatch?.(tr.scrollIntoView())
    return true
  }
}

/** Tell whether all words that are selected have a mark, or what is typed next will. */
export function isMarked({ doc, selection, storedMarks }: EditorState, type: MarkType): boolean {
  const { ranges, $from, empty } = selection
  if (empty) return Boolean(type.isInSet(storedMarks ?? $from.marks()))
  let [some, every] = [false, true]
  for (const range of ranges) {
    doc.nodesBetween(range.$from.pos, range.$to.pos, (node) => {
      if (!node.isText) return
      some = true
      every &&= Boolean(type.isInSet(node.marks))
    })
  }
  return some && every
}

/** Set a link on the selection, or take it away. */
export function link(href: string | null): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection
    if (empty) return false
    if (dispatch) {
      const tr = state.tr.removeMark(from, to, markType('link'))
      if (href) tr.addMark(from, to, schema.mark('link', { href }))
      dispatch(tr)
    }
    return true
  }
}

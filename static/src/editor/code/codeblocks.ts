/** Code: its toolbar, and keys that shift its lines. */

import { type Command, type EditorState, TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { around, type Bar, type Control, type Where } from '../blocks/blockbar'
import { begin } from '../commands'
import { icon } from '../menus/icons'
import { CODE } from '../schema'
import { LANGUAGES } from './languages'

const STEP = '  '

/** Return where the lines begin that the selection touches, in a block of code. */
function lineStarts(state: EditorState): number[] | null {
  const { $from, $to } = state.selection
  if ($from.parent.type !== CODE || !$from.sameParent($to)) return null
  const text = $from.parent.textContent
  const starts: number[] = []
  for (let at = text.lastIndexOf('\n', $from.parentOffset - 1) + 1; ; ) {
    starts.push($from.start() + at)
    const next = text.indexOf('\n', at) + 1
    if (next === 0 || next >= Math.max($to.parentOffset, 1)) return starts
    at = next
  }
}

/** Shift the lines that are selected to the right; with nothing selected, go on by one step. */
export const indentCode: Command = (state, dispatch) => {
  const starts = lineStarts(state)
  if (starts === null) return false
  if (!dispatch) return true
  if (state.selection.empty) {
    dispatch(state.tr.insertText(STEP).scrollIntoView())
    return true
  }
  begin(state)
  const { tr } = state
  for (const start of starts.reverse()) tr.insertText(STEP, start)
  dispatch(tr.scrollIntoView())
  return true
}

/** Shift the lines that are selected to the left, as far as they can be. */
export const outdentCode: Command = (state, dispatch) => {
  const starts = lineStarts(state)
  if (starts === null) return false
  if (!dispatch) return true
  const { tr } = state
  for (const start of starts.reverse()) {
    const line = state.doc.textBetween(start, state.selection.$to.end())
    const blank = /^(?:\t| {1,2})/.exec(line)?.[0].length ?? 0
    if (blank > 0) tr.delete(start, start + blank)
  }
  if (tr.docChanged) begin(state)
  dispatch(tr.scrollIntoView())
  return true
}

/** Everything in the program first, and then everything. */
export const selectCode: Command = (state, dispatch) => {
  const { $from, $to, from, to } = state.selection
  if ($from.parent.type !== CODE || !$from.sameParent($to)) return false
  if (from === $from.start() && to === $from.end()) return false
  dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, $from.start(), $from.end())))
  return true
}

function chooser(view: EditorView, where: Where): Control {
  const select = document.createElement('select')
  select.setAttribute('aria-label', 'Language')
  select.append(
    new Option('Plain text', ''),
    ...LANGUAGES.map(([name, said]) => new Option(said, name))
  )
  select.addEventListener('change', () => {
    const found = where()
    if (!found) return
    begin(view.state)
    view.dispatch(view.state.tr.setNodeAttribute(found.pos, 'language', select.value || null))
  })
  return {
    element: select,
    update(_state, { node }) {
      const language: string = node.attrs.language ?? ''
      // Whatever somebody else called it stays what it is called.
      if (![...select.options].some(({ value }) => value === language))
        select.append(new Option(language, language))
      select.value = language
    }
  }
}

function copier(where: Where): Control {
  const button = document.createElement('button')
  button.type = 'button'
  const say = (words: string) => {
    const said = document.createElement('span')
    said.setAttribute('role', 'status')
    said.textContent = words
    button.replaceChildren(icon('copy'), said)
  }
  say('Copy')
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(where()?.node.textContent ?? '').then(
      () => say('Copied'),
      () => say('Not allowed')
    )
  })
  return { element: button }
}

export const codeBar: Bar = {
  label: 'Code',
  find: (state) => around(state, ({ type }) => type === CODE),
  controls: (view, where) => [chooser(view, where), copier(where)]
}

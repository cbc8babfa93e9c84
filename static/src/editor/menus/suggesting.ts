/**
 * A sign that is typed where a word could begin opens a list, and what follows it seeks in it. The
 * focus stays in the text: the list is told of by the text's own attributes.
 *
 * It opens by typing alone: a sign that was left with Escape, or that stands in the text already,
 * stays text.
 */

import {
  type EditorState,
  Plugin,
  PluginKey,
  TextSelection,
  type Transaction
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { begin } from '../commands'
import { BLOCK, markType } from '../schema'
import { type Choice, ChoiceList, LIST_ID, optionId } from './choices'

/** Whoever writes on behind the sign writes text. */
const QUERY_LENGTH_MAX = 30

export interface Suggestion extends Choice {
  /** What happens once the sign and what was sought are gone. */
  choose(view: EditorView): void
}

export interface Source {
  readonly sign: string
  readonly label: string
  find(query: string, state: EditorState): readonly Suggestion[]
}

interface Sought {
  readonly source: Source
  /** The block that the sign stands in; positions would not outlast what others write. */
  readonly block: string | null
  readonly query: string
  readonly found: readonly Suggestion[]
  readonly active: number
}

type Wish = { open: Source } | { active: number } | 'close'

const key = new PluginKey<Sought | null>('suggesting')

/** Return whether a list is shown. */
export function isSuggesting(state: EditorState): boolean {
  return (key.getState(state)?.found.length ?? 0) > 0
}

/** Return the text of the block before the caret, if a list may be opened there. */
function textBefore(state: EditorState): string | null {
  const { selection } = state
  if (!(selection instanceof TextSelection) || !selection.empty) return null
  const { $from } = selection
  if ($from.parent.type !== BLOCK) return null
  if (markType('code').isInSet(state.storedMarks ?? $from.marks())) return null
  return $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc')
}

/** Return what is sought behind the sign, if the caret is there. */
function queryIn(state: EditorState, sign: string): string | null {
  const before = textBefore(state)
  const at = before?.lastIndexOf(sign) ?? -1
  if (before === null || at < 0) return null
  const query = before.slice(at + sign.length)
  const isQuery = query.length <= QUERY_LENGTH_MAX && !/^\s|\s\s|\ufffc/.test(query)
  return isQuery ? query : null
}

function seek(source: Source, state: EditorState, active: number): Sought | null {
  const query = queryIn(state, source.sign)
  if (query === null) return null
  const found = source.find(query, state)
  const block = state.selection.$from.parent.attrs.id
  return { source, query, found, block, active: Math.min(active, Math.max(found.length - 1, 0)) }
}

function next(tr: Transaction, known: Sought | null, state: EditorState): Sought | null {
  const wish: Wish | undefined = tr.getMeta(key)
  if (wish === 'close') return null
  if (wish && 'open' in wish) return seek(wish.open, state, 0)
  if (known === null) return null
  if (wish) return { ...known, active: wish.active }
  if (!tr.docChanged && !tr.selectionSet) return known
  const sought = seek(known.source, state, known.active)
  if (sought === null) return null
  // A block that had no id so far gets one with the first key.
  if (known.block !== null && sought.block !== known.block) return null
  return sought.query === known.query ? sought : { ...sought, active: 0 }
}

function removeSought(view: EditorView, { source, query }: Sought): void {
  begin(view.state)
  const to = view.state.selection.from
  view.dispatch(
    view.state.tr.delete(to - query.length - source.sign.length, to).setMeta(key, 'close')
  )
}

function choose(view: EditorView, number: number): void {
  const sought = key.getState(view.state)
  const chosen = sought?.found[number]
  if (!sought || !chosen) return
  removeSought(view, sought)
  chosen.choose(view)
}

function pressed(view: EditorView, event: KeyboardEvent): boolean {
  const sought = key.getState(view.state)
  if (!sought?.found.length || event.isComposing || view.composing) return false
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false
  const { active, found } = sought
  const go = (wish: Wish) => view.dispatch(view.state.tr.setMeta(key, wish))
  switch (event.key) {
    case 'ArrowDown':
      go({ active: (active + 1) % found.length })
      return true
    case 'ArrowUp':
      go({ active: (active + found.length - 1) % found.length })
      return true
    case 'Enter':
    case 'Tab':
      choose(view, active)
      return true
    case 'Escape':
      go('close')
      return true
    default:
      return false
  }
}

/** Open a list if a sign was typed where a word could begin. */
function typed(view: EditorView, source: Source, tr: Transaction): void {
  const before = textBefore(view.state)
  const opens = before !== null && /(?:^|[\s([{"'\ufffc])$/.test(before) && !view.composing
  view.dispatch(opens ? tr.setMeta(key, { open: source } satisfies Wish) : tr)
}

/** Open a list without its sign being typed: the sign is put behind what is selected. */
export function offer(view: EditorView, source: Source): void {
  const { tr, selection } = view.state
  view.dispatch(tr.setSelection(TextSelection.near(selection.$to, -1)))
  const before = textBefore(view.state)
  if (before === null) return
  const sign = before === '' || /\s$/.test(before) ? source.sign : ` ${source.sign}`
  view.dispatch(view.state.tr.insertText(sign).setMeta(key, { open: source } satisfies Wish))
}

class Shown {
  readonly #list: ChoiceList

  constructor(private readonly view: EditorView) {
    this.#list = new ChoiceList(
      view.dom.parentElement ?? document.body,
      (number) => choose(view, number),
      (active) => {
        if (key.getState(view.state)?.active !== active)
          view.dispatch(view.state.tr.setMeta(key, { active } satisfies Wish))
      }
    )
    view.dom.addEventListener('blur', this.#leave)
  }

  #leave = (): void => {
    if (key.getState(this.view.state))
      this.view.dispatch(this.view.state.tr.setMeta(key, 'close' satisfies Wish))
  }

  update(view: EditorView): void {
    const sought = key.getState(view.state)
    if (!sought?.found.length) {
      this.#list.hide()
      return
    }
    const { source, query, found, active } = sought
    this.#list.show(source.label, found, active, () => {
      const at = view.state.selection.from - query.length - source.sign.length
      return view.coordsAtPos(Math.max(at, 0))
    })
  }

  destroy(): void {
    this.view.dom.removeEventListener('blur', this.#leave)
    this.#list.destroy()
  }
}

/** Return the plugin that opens a list for each source's sign. */
export function suggesting(...sources: readonly Source[]): Plugin {
  return new Plugin<Sought | null>({
    key,
    state: {
      init: () => null,
      apply: (tr, known, _before, state) => next(tr, known, state)
    },
    view: (view) => new Shown(view),
    props: {
      attributes(state): Record<string, string> {
        const sought = key.getState(state)
        if (!sought?.found.length) return {}
        // Not aria-expanded: a textbox has none, and these say that there is something to choose.
        return {
          'aria-haspopup': 'listbox',
          'aria-autocomplete': 'list',
          'aria-controls': LIST_ID,
          'aria-activedescendant': optionId(sought.active)
        }
      },
      handleKeyDown: pressed,
      handleTextInput(view, _from, _to, words, insert) {
        const source = sources.find(({ sign }) => sign === words)
        if (!source) return false
        typed(view, source, insert())
        return true
      }
    }
  })
}

/**
 * Finding words in the text, and putting others in their place. What is found is looked up anew
 * after every change, for the changes of others replace what decorations hang on.
 *
 * There are no patterns: what is looked for is what is typed, so that nothing can take for ever.
 */

import { signal } from '@preact/signals'
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey
} from '@tiptap/y-tiptap'
import type { Node } from 'prosemirror-model'
import { type EditorState, Plugin, PluginKey, TextSelection } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import type * as Y from 'yjs'
import { begin } from '../commands'
import { reveal } from './scrolling'

export const LOOKED_FOR_MAX = 500
/** More are not shown, and not counted; all of them are replaced all the same. */
const SHOWN_MAX = 2000

export interface Query {
  readonly words: string
  readonly caseSensitive: boolean
  readonly wholeWord: boolean
}

export interface Match {
  readonly from: number
  readonly to: number
}

/** How it stands: which of how many one is at, counted from one; zero is at none. */
export interface Found {
  readonly at: number
  readonly count: number
  readonly isMore: boolean
}

interface Looked {
  readonly pattern: RegExp | null
  readonly matches: readonly Match[]
}

const NOTHING: Looked = { pattern: null, matches: [] }
const key = new PluginKey<Looked>('find')
const isLetter = '[\\p{L}\\p{N}\\p{M}_]'

/** Return what finds the words, or null if there are none. */
export function patternOf({ words, caseSensitive, wholeWord }: Query): RegExp | null {
  if (words === '') return null
  const literal = words.slice(0, LOOKED_FOR_MAX).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const bounded = wholeWord ? `(?<!${isLetter})${literal}(?!${isLetter})` : literal
  return new RegExp(bounded, caseSensitive ? 'gu' : 'giu')
}

/** Return where a pattern is found, in order, at most so many times. */
export function matchesIn(doc: Node, pattern: RegExp, max = Number.POSITIVE_INFINITY): Match[] {
  const found: Match[] = []
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return found.length < max
    const text = node.textBetween(0, node.content.size, '\ufffc', '\ufffc')
    for (const { index, 0: words } of text.matchAll(pattern)) {
      if (found.length >= max) break
      const from = pos + 1 + index
      found.push({ from, to: from + words.length })
    }
    return false
  })
  return found
}

function look(state: EditorState, pattern: RegExp | null): Looked {
  return pattern ? { pattern, matches: matchesIn(state.doc, pattern, SHOWN_MAX + 1) } : NOTHING
}

function isAt({ selection }: EditorState, { from, to }: Match): boolean {
  return selection.from === from && selection.to === to
}

export class Finder {
  readonly found = signal<Found>({ at: 0, count: 0, isMore: false })
  #view: EditorView | null = null
  #before: Y.RelativePosition | null = null
  #scrolledTo = 0

  plugin(): Plugin<Looked> {
    return new Plugin<Looked>({
      key,
      state: {
        init: () => NOTHING,
        apply(tr, looked, _before, state) {
          const asked: { pattern: RegExp | null } | undefined = tr.getMeta(key)
          if (asked) return look(state, asked.pattern)
          return tr.docChanged ? look(state, looked.pattern) : looked
        }
      },
      props: { decorations: (state) => shown(state) },
      view: (view) => {
        this.#view = view
        return { update: () => this.#tell(view.state) }
      }
    })
  }

  /** Return what is selected, if that can be looked for. */
  selected(): string {
    const { doc, selection } = (this.#view as EditorView).state
    const words = doc.textBetween(selection.from, selection.to, '\n', '\ufffc')
    return /[\n\ufffc]/.test(words) ? '' : words.slice(0, LOOKED_FOR_MAX)
  }

  /** Remember where one is, to come back. */
  begin(): void {
    const { state } = this.#view as EditorView
    this.#scrolledTo = window.scrollY
    const binding = ySyncPluginKey.getState(state)?.binding
    this.#before = binding
      ? absolutePositionToRelativePosition(state.selection.from, binding.type, binding.mapping)
      : null
  }

  /** Look for something else, and go to the first place from the caret on. */
  ask(query: Query): void {
    const view = this.#view as EditorView
    view.dispatch(view.state.tr.setMeta(key, { pattern: patternOf(query) }))
    this.#goTo((match) => match.from >= view.state.selection.from)
  }

  next(): void {
    const { selection } = (this.#view as EditorView).state
    this.#goTo((match) => match.from >= Math.max(selection.to, selection.from + 1))
  }

  previous(): void {
    const { selection } = (this.#view as EditorView).state
    this.#goTo((match) => match.to <= selection.from, -1)
  }

  /** Put words in the place of the one that one is at, and go on to the next. */
  replace(words: string): void {
    const view = this.#view as EditorView
    const match = key.getState(view.state)?.matches.find((each) => isAt(view.state, each))
    if (match) this.#put(view, [match], words)
    this.next()
  }

  /** Put words in the place of all of them, in one step; return how many there were. */
  replaceAll(words: string): number {
    const view = this.#view as EditorView
    const pattern = key.getState(view.state)?.pattern
    const matches = pattern ? matchesIn(view.state.doc, pattern) : []
    if (matches.length > 0) this.#put(view, matches, words)
    return matches.length
  }

  /** Look for nothing any more; `back` puts the caret, and the page, where they were. */
  end(back: boolean): void {
    const view = this.#view as EditorView
    const tr = view.state.tr.setMeta(key, { pattern: null })
    const was = back ? this.#whereOneWas(view.state) : null
    if (was !== null) tr.setSelection(TextSelection.near(tr.doc.resolve(was)))
    view.dispatch(tr)
    view.focus()
    if (was !== null) window.scrollTo({ top: this.#scrolledTo, behavior: 'instant' })
  }

  #whereOneWas(state: EditorState): number | null {
    const binding = ySyncPluginKey.getState(state)?.binding
    if (!binding || !this.#before) return null
    const { doc, type, mapping } = binding
    const at = relativePositionToAbsolutePosition(doc, type, this.#before, mapping)
    return at === null ? null : Math.min(at, state.doc.content.size)
  }

  #goTo(fits: (match: Match) => boolean, direction: 1 | -1 = 1): void {
    const view = this.#view as EditorView
    const matches = key.getState(view.state)?.matches.slice(0, SHOWN_MAX) ?? []
    const ahead = direction > 0 ? matches : [...matches].reverse()
    const match = ahead.find(fits) ?? ahead[0]
    if (!match) return
    const selection = TextSelection.create(view.state.doc, match.from, match.to)
    view.dispatch(view.state.tr.setSelection(selection))
    // The editor itself scrolls only to where the browser's caret is.
    const { top, bottom } = view.coordsAtPos(match.from)
    reveal(top, bottom)
  }

  #put(view: EditorView, matches: readonly Match[], words: string): void {
    if (!view.editable) return
    const { tr, schema, doc } = view.state
    for (const { from, to } of [...matches].reverse()) {
      const marks = doc.resolve(from).marksAcross(doc.resolve(to)) ?? []
      if (words === '') tr.delete(from, to)
      else tr.replaceWith(from, to, schema.text(words, marks))
    }
    begin(view.state)
    view.dispatch(tr)
    begin(view.state)
  }

  #tell(state: EditorState): void {
    const { matches } = key.getState(state) ?? NOTHING
    const at = matches.findIndex((each) => isAt(state, each)) + 1
    const count = Math.min(matches.length, SHOWN_MAX)
    const isMore = matches.length > SHOWN_MAX
    const before = this.found.peek()
    if (before.at !== at || before.count !== count || before.isMore !== isMore) {
      this.found.value = { at, count, isMore }
    }
  }
}

function shown(state: EditorState): DecorationSet {
  const { matches } = key.getState(state) ?? NOTHING
  if (matches.length === 0) return DecorationSet.empty
  const decorations = matches.slice(0, SHOWN_MAX).map((each) =>
    Decoration.inline(each.from, each.to, {
      class: isAt(state, each) ? 'match current' : 'match'
    })
  )
  return DecorationSet.create(state.doc, decorations)
}

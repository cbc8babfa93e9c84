/** Markdown as it is typed: what becomes a block of another kind, and what becomes a mark. */

import { InputRule, inputRules, type InputRule as Rule } from 'prosemirror-inputrules'
import type { ResolvedPos } from 'prosemirror-model'
import {
  type Command,
  type EditorState,
  NodeSelection,
  type Plugin,
  type Transaction
} from 'prosemirror-state'
import { enterBar } from './blocks/blockbar'
import { begin, type Kind, setKind } from './commands'
import { BLOCK, CODE, markType, nodeType } from './schema'

/** Return whether the text from `start` is at the beginning of a block that is plain so far. */
function atBeginning(state: EditorState, start: number): boolean {
  const $start = state.doc.resolve(start)
  return $start.parent.type === BLOCK && $start.parentOffset === 0
}

/** What is typed at the beginning of a block makes it what `kind` says. */
function blockRule(pattern: RegExp, kind: (match: RegExpMatchArray) => Kind): Rule {
  return new InputRule(pattern, (state, match, start, end) => {
    if (!atBeginning(state, start)) return null
    begin(state)
    return setKind(state.tr.delete(start, end), state.doc.resolve(start).before(), kind(match))
  })
}

/** Make a block code, without the signs that stand in it. */
function intoCode(state: EditorState, start: number, end: number, language?: string): Transaction {
  begin(state)
  const $start = state.doc.resolve(start)
  const { id, indent } = $start.parent.attrs
  const tr = state.tr.delete(start, end)
  return tr.setNodeMarkup($start.before(), CODE, { id, indent, language: language || null })
}

function codeRule(): Rule {
  return new InputRule(/^```([\w+#-]*)\s$/, (state, match, start, end) =>
    atBeginning(state, start) ? intoCode(state, start, end, match[1]) : null
  )
}

/** Three backticks, and maybe a language, are finished by Enter as well. */
export const codeBehindSigns: Command = (state, dispatch) => {
  const { empty, $from } = state.selection
  const { parent } = $from
  if (!empty || parent.type !== BLOCK || $from.parentOffset < parent.content.size) return false
  const signs = /^```([\w+#-]*)$/.exec(parent.textContent)
  if (!signs) return false
  dispatch?.(intoCode(state, $from.start(), $from.end(), signs[1]).scrollIntoView())
  return true
}

function dividerRule(): Rule {
  return new InputRule(/^(?:---|\*\*\*|___)$/, (state, _match, start, end) => {
    if (!atBeginning(state, start)) return null
    begin(state)
    const pos = state.doc.resolve(start).before()
    return state.tr.delete(start, end).insert(pos, nodeType('divider').create())
  })
}

/** Text between signs gets a mark; the signs go. */
function markRule(pattern: RegExp, name: string): Rule {
  return new InputRule(pattern, (state, match, start, end) => {
    const [whole, before = '', words = ''] = match
    if (state.doc.resolve(start).parent.type !== BLOCK) return null
    const from = start + before.length
    const inner = whole.indexOf(words, before.length)
    const tr: Transaction = state.tr
    // What stands around the words, the sign that was typed last not yet among it.
    tr.delete(start + inner + words.length, end)
    tr.delete(from, start + inner)
    const type = markType(name)
    return tr.addMark(from, from + words.length, type.create()).removeStoredMark(type)
  })
}

function mathRule(): Rule {
  return new InputRule(/^\$\$\s$/, (state, _match, start, end) => {
    if (!atBeginning(state, start)) return null
    begin(state)
    const pos = state.doc.resolve(start).before()
    const tr = state.tr.delete(start, end).insert(pos, nodeType('math').create())
    return enterBar(tr.setSelection(NodeSelection.create(tr.doc, pos)))
  })
}

function isInCode($pos: ResolvedPos): boolean {
  const signs = $pos.parent.textBetween(0, $pos.parentOffset).split('`').length - 1
  return signs % 2 === 1 || $pos.marksAcross($pos)?.some(({ type }) => type.spec.code) === true
}

/** Amounts of money are none, nor is anything in code that is marked or about to be. */
function inlineMathRule(): Rule {
  return new InputRule(
    /(^|[^$\\\w])\$([^$\s\d](?:[^$]*[^$\s])?)\$$/,
    (state, match, start, end) => {
      const [, before = '', tex = ''] = match
      const $start = state.doc.resolve(start + before.length)
      if ($start.parent.type !== BLOCK || isInCode($start)) return null
      return state.tr.replaceWith(
        start + before.length,
        end,
        nodeType('math_inline').create({ tex })
      )
    }
  )
}

export const RULES: readonly Rule[] = [
  blockRule(/^(#{1,6})\s$/, (match) => ({ type: 'h', level: match[1]?.length ?? 1 })),
  blockRule(/^[-*+]\s$/, () => ({ type: 'ul' })),
  blockRule(/^(\d{1,9})[.)]\s$/, (match) => {
    const start = Number(match[1])
    return { type: 'ol', start: start === 1 ? null : start }
  }),
  blockRule(/^\[( ?|x|X)\]\s$/, (match) => ({
    type: 'task',
    checked: match[1]?.toLowerCase() === 'x' || null
  })),
  blockRule(/^>\s$/, () => ({ type: 'quote' })),
  blockRule(/^!\s$/, () => ({ type: 'callout', tone: 'note' })),
  codeRule(),
  dividerRule(),
  mathRule(),
  inlineMathRule(),
  markRule(/(^|[^*])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, 'bold'),
  markRule(/(^|[^_\w])__([^_\s](?:[^_]*[^_\s])?)__$/, 'bold'),
  markRule(/(^|[^*])\*([^*\s](?:[^*]*[^*\s])?)\*$/, 'italic'),
  markRule(/(^|[^_\w])_([^_\s](?:[^_]*[^_\s])?)_$/, 'italic'),
  markRule(/(^|[^~])~~([^~\s](?:[^~]*[^~\s])?)~~$/, 'strike'),
  markRule(/(^|[^=])==([^=\s](?:[^=]*[^=\s])?)==$/, 'highlight'),
  markRule(/(^|[^`])`([^`]+)`$/, 'code')
]

export function markdownShortcuts(): Plugin {
  return inputRules({ rules: RULES })
}

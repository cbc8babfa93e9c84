/** The editor itself: ProseMirror with its plugins, bound to the shared text. */

import { initProseMirrorDoc, ySyncPlugin } from '@tiptap/y-tiptap'
import { dropCursor } from 'prosemirror-dropcursor'
import { gapCursor } from 'prosemirror-gapcursor'
import { EditorState, type Plugin } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { Roster } from '../collab/roster'
import { blockBar } from './blocks/blockbar'
import { blockIds } from './blocks/blockids'
import { calloutBar } from './blocks/calloutbar'
import { numbering } from './blocks/numbering'
import { placeholder } from './blocks/placeholder'
import { taskBoxes } from './blocks/tasks'
import { toggles } from './blocks/toggles'
import { codeBar } from './code/codeblocks'
import { highlighting } from './code/highlighting'
import { deleting } from './deleting'
import { filesGoTo } from './figures/choosing'
import { figures } from './figures/figures'
import type { Uploads } from './figures/uploads'
import { formulas, mathBar } from './formulas/formulas'
import { markdownShortcuts } from './inputrules'
import { keymaps } from './keymap'
import { handle } from './menus/handle'
import { links } from './menus/links'
import { type Known, mentions } from './menus/mentions'
import { slash } from './menus/slash'
import { suggesting } from './menus/suggesting'
import { toolbar } from './menus/toolbar'
import { clipboard } from './paste/clipboard'
import { schema } from './schema'
import { tableBar } from './tables/tablebar'
import { tables } from './tables/tables'
import { carets, endIsBehindCarets } from './together/carets'
import { apply, keysFindTheCaret } from './together/lateness'
import { caretStays } from './together/staying'
import { Kept } from './together/taking'
import { undoing } from './together/undoing'
import { marksAreOfWords } from './together/wordmarks'

/** How near the caret may come to the edges before the page follows: the bar stays above. */
const UNDER_THE_BAR = { top: 100, bottom: 60, left: 0, right: 0 }

export interface Options {
  readonly fragment: Y.XmlFragment
  readonly awareness: Awareness
  readonly roster: Roster
  /** Who can be mentioned. */
  readonly people: () => readonly Known[]
  readonly uploads: Uploads
  readonly editable: () => boolean
  /** What looks at the text from outside. */
  readonly onlookers: readonly Plugin[]
}

/** Return the plugins that an editor has wherever its text comes from. */
export function localPlugins(people: () => readonly Known[] = () => []): Plugin[] {
  return [
    keysFindTheCaret(),
    endIsBehindCarets(),
    suggesting(slash, mentions(people)),
    clipboard(),
    figures(),
    caretStays(),
    deleting(),
    markdownShortcuts(),
    ...links(),
    ...keymaps(),
    blockIds(),
    marksAreOfWords(),
    numbering(),
    taskBoxes(),
    toggles(),
    placeholder('Write, or press / for headings, lists and more'),
    handle(),
    formulas(),
    blockBar(mathBar, codeBar, calloutBar, tableBar),
    toolbar(),
    highlighting(),
    gapCursor(),
    tables(),
    dropCursor({ color: false, class: 'drop-cursor' })
  ]
}

/** Put an editor into an element. The text must have come by then, or it would be replaced. */
export function mount(element: HTMLElement, options: Options): EditorView {
  const { fragment, awareness, roster, people, uploads, editable, onlookers } = options
  const { doc, mapping } = initProseMirrorDoc(fragment, schema)
  const plugins = [
    ySyncPlugin(fragment, { mapping: new Kept(mapping) }),
    undoing(),
    ...carets(awareness, roster),
    uploads.plugin(),
    // Before the slash looks at what can be inserted.
    filesGoTo(uploads),
    ...localPlugins(people),
    ...onlookers
  ]
  return new EditorView(element, {
    state: EditorState.create({ schema, doc, plugins }),
    editable,
    dispatchTransaction(this: EditorView, tr) {
      apply(this, tr)
    },
    scrollThreshold: UNDER_THE_BAR,
    scrollMargin: UNDER_THE_BAR,
    attributes: () => ({
      class: 'text',
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': 'Text of the document',
      'aria-readonly': String(!editable()),
      spellcheck: 'true'
    })
  })
}

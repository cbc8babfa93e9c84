/** The editor itself: ProseMirror with its plugins, bound to the shared text. */

import { initProseMirrorDoc, ySyncPlugin } from '@tiptap/y-tiptap'
import { dropCursor } from 'prosemirror-dropcursor'
import { gapCursor } from 'prosemirror-gapcursor'
import { EditorState, type Plugin } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { Roster } from '../collab/roster'
import { blockBar } from './blockbar'
import { blockIds } from './blockids'
import { calloutBar } from './calloutbar'
import { carets, endIsBehindCarets } from './carets'
import { filesGoTo } from './choosing'
import { clipboard } from './clipboard'
import { codeBar } from './codeblocks'
import { figures } from './figures'
import { formulas, mathBar } from './formulas'
import { handle } from './handle'
import { highlighting } from './highlighting'
import { markdownShortcuts } from './inputrules'
import { keymaps } from './keymap'
import { apply, keysFindTheCaret } from './lateness'
import { links } from './links'
import { type Known, mentions } from './mentions'
import { numbering } from './numbering'
import { placeholder } from './placeholder'
import { schema } from './schema'
import { slash } from './slash'
import { caretStays } from './staying'
import { suggesting } from './suggesting'
import { tableBar } from './tablebar'
import { tables } from './tables'
import { Kept } from './taking'
import { taskBoxes } from './tasks'
import { toggles } from './toggles'
import { toolbar } from './toolbar'
import { undoing } from './undoing'
import type { Uploads } from './uploads'

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
    markdownShortcuts(),
    ...links(),
    ...keymaps(),
    blockIds(),
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

/**
 * Undoing what one did oneself, and going to where that was.
 *
 * In place of the binding's own plugin, under its name. That one notes at every step where the
 * selection is, behind what our own plugins added to a deed, and brings it out too late, so that the
 * caret jumps, or all fails, at the next change of others.
 */

import {
  defaultDeleteFilter,
  getRelativeSelection,
  ySyncPluginKey,
  yUndoPluginKey
} from '@tiptap/y-tiptap'
import { type EditorState, Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { UndoManager } from 'yjs'
import { selectionOf } from './staying'

type Was = ReturnType<typeof getRelativeSelection> | null
type Deed = { stackItem: { meta: Map<unknown, Was> } }

interface Undoing {
  readonly undoManager: UndoManager
  /** Where the selection was before the last deed. */
  readonly was: Was
}

/** What holds text is left when its making is undone, if somebody else has written in it. */
const HOLDING_TEXT = new Set(['block', 'code_block'])

function managerFor(state: EditorState): UndoManager {
  return new UndoManager(ySyncPluginKey.getState(state).type, {
    trackedOrigins: new Set([ySyncPluginKey]),
    deleteFilter: (item) => defaultDeleteFilter(item, HOLDING_TEXT),
    captureTransaction: (transaction) => transaction.meta.get('addToHistory') !== false
  })
}

function remember(view: EditorView, manager: UndoManager): void {
  manager.on('stack-item-added', ({ stackItem: { meta } }: Deed) => {
    meta.set(undoing, yUndoPluginKey.getState(view.state).was)
  })
  manager.on('stack-item-popped', ({ stackItem: { meta } }: Deed) => {
    const was = meta.get(undoing)
    const { binding } = ySyncPluginKey.getState(view.state)
    const selection = was?.type === 'text' && selectionOf(was, binding, view.state.doc)
    if (selection) view.dispatch(view.state.tr.setSelection(selection).scrollIntoView())
  })
}

export function undoing(): Plugin<Undoing> {
  return new Plugin<Undoing>({
    key: yUndoPluginKey,
    state: {
      init: (_config, state) => ({ undoManager: managerFor(state), was: null }),
      apply(tr, known, before) {
        const isDeed = tr.docChanged && !tr.getMeta('appendedTransaction')
        if (!isDeed || tr.getMeta(ySyncPluginKey)?.isChangeOrigin) return known
        const { binding } = ySyncPluginKey.getState(before)
        return { ...known, was: getRelativeSelection(binding, before) }
      }
    },
    view(view) {
      const { undoManager } = yUndoPluginKey.getState(view.state)
      remember(view, undoManager)
      return { destroy: () => undoManager.destroy() }
    }
  })
}

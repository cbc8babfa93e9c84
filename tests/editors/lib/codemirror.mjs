// CodeMirror 6, bound by y-codemirror.next.

import { place } from './window.mjs'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'

export function codemirror(doc) {
  const text = doc.getText('codemirror')
  const state = EditorState.create({ doc: '', extensions: [yCollab(text, null)] })
  const view = new EditorView({ state, parent: place() })
  view.dispatch({ changes: { from: 0, insert: '# A title\n\n- one\n- <two> & 😀\n' } })
  view.dispatch({ changes: { from: 2, to: 3, insert: 'The' } })
  view.destroy()
}

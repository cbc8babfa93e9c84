/** Tiptap with Hocuspocus' provider, as their documentation joins the two. */

import { HocuspocusProvider } from '@hocuspocus/provider'
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { StarterKit } from '@tiptap/starter-kit'
import * as Y from 'yjs'
import '../page.css'
import { name, server, tell, token, user } from '../page.js'

const ydoc = new Y.Doc()

const provider = new HocuspocusProvider({
  url: `${server}/hocuspocus`,
  name,
  document: ydoc,
  token,
  onStatus: ({ status }) => tell(status),
  onSynced: () => tell('synced'),
  // With this server, what is not unsynced is on disk.
  onUnsyncedChanges: ({ number }) => {
    document.querySelector('#saved').textContent = number === 0 ? 'Saved' : `Saving ${number}`
  },
  onAuthenticated: ({ scope }) => {
    tell('authenticated', scope)
    editor.setEditable(scope === 'read-write')
  },
  onAuthenticationFailed: ({ reason }) => {
    tell('refused', reason)
    editor.setEditable(false)
  }
})

const editor = new Editor({
  element: document.querySelector('#editor'),
  extensions: [
    StarterKit.configure({ undoRedo: false }),
    Collaboration.configure({ document: ydoc }),
    CollaborationCaret.configure({ provider, user })
  ]
})

/** BlockNote with y-websocket, as their documentation joins the two. */

import '@blocknote/mantine/style.css'
import { withCollaboration } from '@blocknote/core/yjs'
import { BlockNoteView } from '@blocknote/mantine'
import { useCreateBlockNote } from '@blocknote/react'
import { createRoot } from 'react-dom/client'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import '../page.css'
import { name, server, tell, token, user } from '../page.js'

const ydoc = new Y.Doc()

const provider = new WebsocketProvider(`${server}/yjs`, name, ydoc, {
  params: token ? { token } : {}
})
provider.on('status', ({ status }) => tell(status))
provider.on('sync', synced => tell(synced ? 'synced' : 'not synced'))
provider.on('connection-close', event => {
  if (event?.reason) tell('closed', `${event.code} ${event.reason}`)
})

function App () {
  const editor = useCreateBlockNote(
    withCollaboration({
      collaboration: { provider, fragment: ydoc.getXmlFragment('document-store'), user }
    })
  )
  return <BlockNoteView editor={editor} />
}

createRoot(document.querySelector('#editor')).render(<App />)

/** A text as something to carry away: for the clipboard, or as a document of its own. */

import { initProseMirrorDoc } from '@tiptap/y-tiptap'
import { DOMSerializer } from 'prosemirror-model'
import type * as Y from 'yjs'
import type { Place } from '../../collab/provider'
import { copyInto } from '../../collab/rescue'
import { schema } from '../schema'
import { copied } from '../together/binding'

export interface Carried {
  /** Put it on the clipboard, with how it looks and as plain text. */
  copy(): Promise<void>
  /** Make it a document of its own; return its id once the server has all of it. */
  keep(): Promise<string>
}

/** Return what can be done with a text; `makePlace` makes a document, `done` hears of its end. */
export function carried(
  doc: Y.Doc,
  root: string,
  makePlace: () => Promise<Place>,
  done: () => Promise<void> | void
): Carried {
  return {
    copy: () => intoClipboard(doc, root),
    async keep() {
      const place = await makePlace()
      await copyInto(place, doc.getXmlFragment(root))
      await done()
      return place.document
    }
  }
}

async function intoClipboard(doc: Y.Doc, root: string): Promise<void> {
  // A copy, for the binding writes into what it reads.
  const content = initProseMirrorDoc(copied(doc, root), schema).doc.content
  const holder = document.createElement('div')
  holder.append(DOMSerializer.fromSchema(schema).serializeFragment(content))
  const text = content.textBetween(0, content.size, '\n\n', '\n')
  if (!navigator.clipboard) return copySelected(holder)
  const plain = new Blob([text], { type: 'text/plain' })
  const html = new Blob([holder.innerHTML], { type: 'text/html' })
  await navigator.clipboard.write([new ClipboardItem({ [plain.type]: plain, [html.type]: html })])
}

/** Copy as a browser does for pages that came without encryption: what is selected. */
function copySelected(holder: HTMLElement): void {
  document.body.append(holder)
  getSelection()?.selectAllChildren(holder)
  const isCopied = document.execCommand('copy')
  holder.remove()
  if (!isCopied) throw new Error('This browser does not let the text be copied.')
}

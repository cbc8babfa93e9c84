/** Whether a document is one of ours, and what an editor that may not write is bound to. */

import * as Y from 'yjs'
import { knows } from '../schema'

/**
 * Tell whether our editor may open a text: it was begun by it, or holds at least one block of its
 * own. What others made is read, and left as it is; what is empty was made by nobody yet.
 */
export function isOurs(fragment: Y.XmlFragment): boolean {
  const names = fragment
    .toArray()
    .map((each) => (each instanceof Y.XmlElement ? each.nodeName : ''))
  return names.length > 0 && names.some((name) => knows(name) && name !== 'unknown_block')
}

/**
 * Return a copy that follows the text and that nothing comes back from: the binding writes into
 * what it is bound to, even where nobody may type.
 */
export function mirror(doc: Y.Doc, root: string): Y.XmlFragment {
  const copy = copied(doc, root)
  doc.on('update', (update: Uint8Array) => Y.applyUpdate(copy.doc as Y.Doc, update))
  return copy
}

/** Return a copy of the text as it is now. */
export function copied(doc: Y.Doc, root: string): Y.XmlFragment {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy.getXmlFragment(root)
}

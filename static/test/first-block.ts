/** What yjs and the editor's binding make of an update. */

import { Writer } from './scene'

export function seen(update: Uint8Array): object {
  const writer = new Writer(update)
  const fragment = writer.doc.getXmlFragment('default')
  const [xml, blocks] = [fragment.toString(), writer.blocks]
  writer.at(1).type('words')
  const typed = fragment.toString().replace(/ id="[^"]+"/, '')
  return { xml, blocks, wrote: writer.wroteOnOpening, typed }
}

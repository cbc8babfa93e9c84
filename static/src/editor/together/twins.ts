/**
 * A block that two move at the same time is there twice afterwards: in Yjs to move is to delete and
 * to insert, and both inserted it. Here the later one goes again, or becomes a block of its own if
 * something was written in one of them meanwhile.
 *
 * Every editor that is here does the same, and the second to do it changes nothing. What was so
 * when the document was opened stays: to open is not to write.
 */

import * as Y from 'yjs'

/** From now on, let no block of the text be there twice. */
export function removeTwins(fragment: Y.XmlFragment, writable: () => boolean): void {
  let looking = false
  fragment.observe(() => {
    if (looking) return
    looking = true
    // Once the editor has taken in what happened.
    queueMicrotask(() => {
      looking = false
      if (writable()) remove(fragment)
    })
  })
}

function remove(fragment: Y.XmlFragment): void {
  const first = new Map<string, Y.XmlElement>()
  const blocks = fragment.toArray()
  const again: Array<{ index: number; one: Y.XmlElement; other: Y.XmlElement }> = []
  blocks.forEach((other, index) => {
    const id = other instanceof Y.XmlElement ? other.getAttribute('id') : undefined
    if (id === undefined || !(other instanceof Y.XmlElement)) return
    const one = first.get(id)
    if (one) again.push({ index, one, other })
    else first.set(id, other)
  })
  if (again.length === 0) return
  fragment.doc?.transact(() => {
    for (const { index, one, other } of again.reverse()) {
      if (one.toString() === other.toString()) fragment.delete(index)
      else other.setAttribute('id', idFor(other))
    }
  }, removeTwins)
}

/** Return the id that every editor gives to that block. */
function idFor(block: Y.XmlElement): string {
  const { client, clock } = (block._item as Y.Item).id
  return `${client.toString(36)}-${clock.toString(36)}`
}

/** Text that cannot be saved where it was written becomes a document of its own. */

import { effect } from '@preact/signals'
import type * as Y from 'yjs'
import { Collaboration, type Place } from './provider'

const SAVED_MILLISECONDS_MAX = 20_000

/**
 * Copy all blocks into a document that was just made, and holds one empty block; the promise is
 * kept once the server has them.
 */
export async function copyInto(place: Place, blocks: Y.XmlFragment): Promise<void> {
  const target = new Collaboration(place)
  try {
    await target.open()
    await inTime(target.arrived)
    const { fragment, doc } = target
    const present = fragment.length
    doc.transact(() => {
      const copies = blocks.toArray().map((each) => each.clone())
      fragment.insert(0, copies as Y.XmlElement[])
      fragment.delete(copies.length, present)
    })
    await inTime(saved(target))
  } finally {
    target.close()
  }
}

function saved(target: Collaboration): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (target.saving.value.kind !== 'saved') return
      resolve()
      queueMicrotask(() => stop())
    })
  })
}

function inTime(promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('The copy is not saved yet. Leave this page open.'))
    const timer = setTimeout(late, SAVED_MILLISECONDS_MAX)
    promise.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

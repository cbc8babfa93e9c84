/**
 * Copies on this device of a document as it was before it was made anew under the same id: what in
 * them was never saved is somebody's only text. It is told of, and never merged.
 */

import * as Y from 'yjs'
import { DeviceCopy, forget } from './offline'

/** What was written in an earlier document of the same address, and never saved. */
export interface Leftover {
  readonly name: string
  readonly doc: Y.Doc
}

/**
 * Return what the copies beside `current` hold, whose names begin as its name does; those that
 * hold nothing unsaved are forgotten. A browser that does not tell its databases keeps them.
 */
export async function leftovers(beginning: string, current: string): Promise<Leftover[]> {
  if (!globalThis.indexedDB?.databases) return []
  const found: Leftover[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith(beginning) || name === current) continue
    const doc = new Y.Doc()
    const copy = await DeviceCopy.open(
      name,
      doc,
      () => {},
      () => false
    )
    const unsaved = copy?.unsaved
    copy?.close()
    if (unsaved) found.push({ name, doc })
    else if (copy) await forget(name)
  }
  return found
}

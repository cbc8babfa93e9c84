/** Links to one block: by its id, which it keeps while its words, its kind and its place change. */

import type { EditorState } from 'prosemirror-state'
import type { Outline } from './outline'

/** The reader's page understands it too: assets/blocklinks.js. */
const NAME = 'block'

/** Return the address of the block that the selection begins in, if it has one. */
export function linkToBlock({ selection: { $from } }: EditorState): string | null {
  const id: string | undefined = ($from.depth > 0 ? $from.node(1) : $from.nodeAfter)?.attrs.id
  if (!id) return null
  return `${location.origin}${location.pathname}#${new URLSearchParams({ [NAME]: id })}`
}

/** Go to the block that the address names, now and whenever it names another. */
export function followAddress(outline: Outline): void {
  const go = () => {
    const id = new URLSearchParams(location.hash.slice(1)).get(NAME)
    if (id) outline.go(id)
  }
  window.addEventListener('hashchange', go)
  go()
}

/** Brings the editor's code, and opens a document with it. */

import type { Signal } from '@preact/signals'
import type { Saving } from '../collab/status'
import type { Opened } from '../editor/main'
import { createPage, lineageOf, whoIsHere, whoWrote } from './api'
import { remember } from './kept'
import { copiesOf, type Place, socketUrl } from './place'

/** Open a document in an element; `told` hears of it as soon as saving can be spoken of. */
export async function openInto(
  element: HTMLElement,
  place: Place,
  told: (saving: Signal<Saving>) => void
): Promise<Opened> {
  const { open } = await import('../editor/main')
  const wish = {
    ...wayTo(place),
    element,
    copies: copiesOf(place),
    fileBytesMax: place.fileBytesMax,
    askWhoIsHere: () => whoIsHere(place.document),
    askWhoWrote: () => whoWrote(place.document),
    makePlace: () => newPlace(place)
  }
  return open(wish, (saving) => {
    told(saving)
    rememberOnceSaved(saving, place)
  })
}

/** Then the device has all of it, or says so itself. */
function rememberOnceSaved(saving: Signal<Saving>, place: Place): void {
  const stop = saving.subscribe(({ kind }) => {
    if (kind !== 'saved') return
    void remember(window.location.pathname, { ...place, called: window.document.title })
    queueMicrotask(() => stop())
  })
}

function wayTo(place: Place) {
  const { document, lineage } = place
  return { url: socketUrl(lineage), document, copy: copiesOf(place) + lineage }
}

/** Make a document for what is written in another one. */
async function newPlace(beside: Place) {
  const id = crypto.getRandomValues(new Uint32Array(3)).join('-')
  const title = beside.title ? `${beside.title} (copy)` : 'Copy'
  const version = await createPage(id, title)
  const lineage = await lineageOf(id, version)
  return wayTo({ ...beside, document: id, title, lineage })
}

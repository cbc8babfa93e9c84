/**
 * Which documents this device keeps, so that their pages open without a network: what the server
 * said of each when it was open last. Of one principal only: when somebody else comes, what was
 * known for the one before is forgotten. (Their text stays in IndexedDB, under their name.)
 */

import { PLACES } from '../sw/routes'
import type { Place } from './place'

const PLACES_MAX = 200

/** Note that the document at an address is kept here, for whoever is here. */
export async function remember(path: string, place: Place): Promise<void> {
  if (!globalThis.caches) return
  const places = await caches.open(PLACES)
  await places.put(path, new Response(JSON.stringify(place)))
  const known = await places.keys()
  for (const each of known.slice(0, -PLACES_MAX)) await places.delete(each)
}

/** Note the new title of a document, if it is kept here. */
export async function retitle(path: string, title: string): Promise<void> {
  if (!globalThis.caches) return
  const known = await recall(path)
  if (known) await remember(path, { ...known, title })
}

/** Forget what is known for anybody but this principal. */
export async function makeRoomFor(principal: string): Promise<void> {
  if (!globalThis.caches) return
  const places = await caches.open(PLACES)
  const [first] = await places.keys()
  const known = first && (await places.match(first))
  if (known && ((await known.json()) as Place).principal !== principal) await caches.delete(PLACES)
}

/** Return what is known of the document at an address, if it is kept. */
export async function recall(path: string): Promise<Place | null> {
  const known = await (await caches.open(PLACES)).match(path)
  return known ? ((await known.json()) as Place) : null
}

/**
 * Which documents this device keeps, so that their pages open without a network: what the server
 * said of each when it was open last. Of one principal only: when somebody else comes, what was
 * known for the one before is forgotten. (Their text stays in IndexedDB, under their name.)
 */

import { PLACES } from '../sw/routes'
import type { Place } from './place'

const PLACES_MAX = 200

/** A document that is kept here, and what it was called when it was open last. */
export interface Kept {
  readonly path: string
  readonly called: string
}

/** Note that the document at an address is kept here, for whoever is here. */
export async function remember(path: string, place: Place): Promise<void> {
  if (!globalThis.caches) return
  const places = await caches.open(PLACES)
  await places.put(path, new Response(JSON.stringify(place)))
  const known = await places.keys()
  for (const each of known.slice(0, -PLACES_MAX)) await places.delete(each)
}

/** Note how a document is titled or called now, if it is kept here. */
export async function nameKept(
  path: string,
  names: Required<Pick<Place, 'title' | 'called'>>
): Promise<void> {
  if (!globalThis.caches) return
  const known = await recall(path)
  if (known) await remember(path, { ...known, ...names })
}

/** Forget what is known for anybody but this principal. */
export async function makeRoomFor(principal: string): Promise<void> {
  if (!globalThis.caches) return
  const places = await caches.open(PLACES)
  const [first] = await places.keys()
  const known = first && (await places.match(first))
  if (known && ((await known.json()) as Place).principal !== principal) await caches.delete(PLACES)
}

/** Return all that is kept, what was opened last first. */
export async function allKept(): Promise<Kept[]> {
  const places = await caches.open(PLACES)
  const paths = (await places.keys()).map(({ url }) => new URL(url).pathname)
  const called = async (path: string) => {
    const place = await recall(path)
    return { path, called: place?.called || place?.title || 'Untitled' }
  }
  return Promise.all(paths.reverse().map(called))
}

/** Return what is known of the document at an address, if it is kept. */
export async function recall(path: string): Promise<Place | null> {
  const known = await (await caches.open(PLACES)).match(path)
  return known ? ((await known.json()) as Place) : null
}

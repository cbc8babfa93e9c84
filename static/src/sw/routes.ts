/** Which requests are answered from what is kept, and what that is called. Knows no browser. */

/** How the names of caches begin that hold one edition of the shell. */
export const EDITIONS = 'palimpsest shell '
/** The cache that says which documents are kept on this device, for whom. */
export const PLACES = 'palimpsest places'

export type Answering =
  /** As if nobody were listening. */
  | 'network'
  /** From what is kept, if it is. */
  | 'kept'
  /** From the network; without one, by the shell. */
  | 'page'
  /** From the network, however long it takes; without one, by the shell. */
  | 'library'

const FOR_GOOD = /^\/(?:static\/[^/]+|assets\/[0-9a-f]+\/[^/]+)$/
const LIBRARY = '/'
const DOCUMENT = /^\/documents\/[^/]+$/

export function answering(method: string, mode: string, url: URL, origin: string): Answering {
  if (method !== 'GET' || url.origin !== origin) return 'network'
  if (mode !== 'navigate') return FOR_GOOD.test(url.pathname) ? 'kept' : 'network'
  if (url.pathname === LIBRARY) return 'library'
  return DOCUMENT.test(url.pathname) ? 'page' : 'network'
}

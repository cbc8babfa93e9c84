/** What the server said in the page: which document this is, and who looks at it. */

export interface Place {
  readonly document: string
  readonly title: string
  /** What it was called when it was open last, on this device: its title, or how it begins. */
  readonly called?: string
  readonly exists: boolean
  readonly lineage: string
  readonly principal: string
  /** How large a file may be. */
  readonly fileBytesMax: number
}

export function placeIn(element: HTMLElement): Place {
  const { document = '', title = '', lineage = '', principal = '' } = element.dataset
  const fileBytesMax = Number(element.dataset.fileBytesMax)
  const exists = element.dataset.exists === 'true'
  return { document, title, lineage, principal, exists, fileBytesMax }
}

/** Return which edition of the page this is. */
export function editionIn(element: HTMLElement): string {
  return element.dataset.edition ?? ''
}

/** Return the address of one of the document's pages. */
export function pageOf(document: string, name = ''): string {
  return `/documents/${encodeURIComponent(document)}${name}`
}

/** Return where sockets connect; only a document of that lineage is joined. */
export function socketUrl(lineage: string): string {
  const { protocol, host } = window.location
  const scheme = protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${host}/hocuspocus?lineage=${encodeURIComponent(lineage)}`
}

/** Return how the names of a document's copies on this device begin; the lineage follows. */
export function copiesOf({ principal, document }: Place): string {
  return `palimpsest ${principal} ${document} `
}

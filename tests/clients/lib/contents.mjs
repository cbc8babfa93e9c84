/** What is in a document, as plain JSON, and whether two documents are equal. */

import * as Y from 'yjs'

/** The roots that every client opens; a root has the type that it was first opened with. */
export function openRoots (doc) {
  return {
    text: doc.getText('text'),
    map: doc.getMap('map'),
    array: doc.getArray('array'),
    xml: doc.getXmlFragment('xml')
  }
}

/** Return all roots as JSON, with the keys of objects in order. */
export function contents (doc) {
  return Object.fromEntries(
    Object.entries(openRoots(doc)).map(([name, root]) => [name, plain(root)])
  )
}

/** Return the first difference between two documents, or null. */
export function difference (one, other) {
  for (const doc of [one, other]) {
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
      return `${doc === one ? 'the first' : 'the second'} waits for updates it has not got`
    }
  }
  if (!Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))) {
    return 'they hold different insertions or deletions'
  }
  const [first, second] = [contents(one), contents(other)]
  for (const name of Object.keys(first)) {
    const [a, b] = [JSON.stringify(first[name]), JSON.stringify(second[name])]
    if (a !== b) return `root "${name}" differs: ${around(a, b)} and ${around(b, a)}`
  }
  return null
}

function plain (value) {
  if (value instanceof Y.XmlElement) {
    return {
      element: value.nodeName,
      attributes: plain(value.getAttributes()),
      children: value.toArray().map(plain)
    }
  }
  if (value instanceof Y.XmlFragment) return { children: value.toArray().map(plain) }
  if (value instanceof Y.Text) return { text: value.toDelta().map(plain) }
  if (value instanceof Y.Map) return { map: sorted(value.entries()) }
  if (value instanceof Y.Array) return value.toArray().map(plain)
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') return sorted(Object.entries(value))
  return value
}

function sorted (entries) {
  const pairs = [...entries].map(([key, value]) => [key, plain(value)])
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function around (text, other) {
  let at = 0
  while (at < text.length && text[at] === other[at]) at++
  return `…${text.slice(Math.max(0, at - 60), at + 60)}…`
}

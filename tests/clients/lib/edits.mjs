/** Edits that a test asks for by name; each call is one transaction. */

import * as Y from 'yjs'

const EDITS = {
  insert: ({ text }, { index, text: added, attributes }) => text.insert(index, added, attributes),
  append: ({ text }, { text: added }) => text.insert(text.length, added),
  delete: ({ text }, { index, length }) => text.delete(index, length),
  format: ({ text }, { index, length, attributes }) => text.format(index, length, attributes),
  set: ({ map }, { key, value }) => map.set(key, value),
  unset: ({ map }, { key }) => map.delete(key),
  push: ({ array }, { values }) => array.push(values),
  remove: ({ array }, { index, length }) => array.delete(index, length),
  insertElement: ({ xml }, { path = [], index, name, attributes = {}, text }) => {
    const element = new Y.XmlElement(name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    if (text !== undefined) element.insert(0, [new Y.XmlText(text)])
    at(xml, path).insert(index, [element])
  },
  removeElement: ({ xml }, { path = [], index, length = 1 }) => at(xml, path).delete(index, length),
  insertInElement: ({ xml }, { path, index, text }) => at(xml, path).insert(index, text)
}

/** Do edits to a client's document, in one transaction. */
export function edit (client, edits) {
  client.doc.transact(() => {
    for (const each of edits) EDITS[each.kind](client.roots, each)
  }, 'edit')
}

/** Return the element that a path of indexes leads to. */
function at (xml, path) {
  return path.reduce((parent, index) => parent.get(index), xml)
}

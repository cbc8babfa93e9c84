/**
 * Random editing, as seeds will have it: text, formatting, nested types, deletions, undo.
 * No subdocuments: the server refuses them.
 */

import * as Y from 'yjs'
import { Random } from './random.mjs'

const DEPTH_MAX = 6
const RUN_MAX = 12
const WORDS = ['a', 'Ω', 'über ', 'the quick brown fox ', '👩‍👩‍👧', '\n', '𝒳𝒴', 'e\u0301', '  ', '漢字']
const KEYS = ['title', 'x', 'y', 'size', 'ключ']
const MARKS = [{ bold: true }, { bold: null }, { italic: true }, { link: { href: '#' } }, { link: null }]
const NAMES = ['paragraph', 'heading', 'listItem', 'p']

/** What can be done to a type, by its kind: `(type, random, depth)`. */
const EDITS = {
  text: [insertText, insertText, insertText, deleteText, deleteText, formatText, insertEmbed],
  map: [setKey, setKey, setKey, deleteKey],
  array: [insertItems, insertItems, insertItems, deleteItems],
  xml: [insertNode, insertNode, insertNode, deleteItems],
  element: [insertNode, insertNode, setAttribute, removeAttribute, deleteItems]
}

/** Do `count` random transactions to a client's document. */
export function randomEdits (client, seed, count, { undo = true } = {}) {
  const random = new Random(seed)
  for (let i = 0; i < count; i++) {
    if (undo && random.chance(0.06)) {
      if (random.chance(0.7)) client.undoManager.undo()
      else client.undoManager.redo()
    } else {
      if (undo) void client.undoManager
      client.doc.transact(() => {
        for (let edits = 1 + random.below(3); edits > 0; edits--) randomEdit(client.roots, random)
      }, 'random')
    }
  }
}

function randomEdit (roots, random) {
  const { type, depth } = random.pick(typesIn(roots))
  random.pick(EDITS[kindOf(type)])(type, random, depth)
}

function typesIn (roots) {
  const found = Object.values(roots).map(type => ({ type, depth: 0 }))
  for (const { type, depth } of found) {
    const children = type instanceof Y.Text ? [] : [...type.values?.() ?? type.toArray()]
    for (const child of children) {
      if (child instanceof Y.AbstractType) found.push({ type: child, depth: depth + 1 })
    }
  }
  return found
}

function kindOf (type) {
  if (type instanceof Y.Text) return 'text'
  if (type instanceof Y.XmlElement) return 'element'
  if (type instanceof Y.XmlFragment) return 'xml'
  return type instanceof Y.Map ? 'map' : 'array'
}

function insertText (text, random) {
  const attributes = random.chance(0.2) ? random.pick(MARKS) : undefined
  text.insert(boundary(text, random.below(text.length + 1)), words(random), attributes)
}

function deleteText (text, random) {
  const [start, end] = run(text.length, random).map(index => boundary(text, index))
  if (start < end) text.delete(start, end - start)
}

function formatText (text, random) {
  const [start, end] = run(text.length, random).map(index => boundary(text, index))
  if (start < end) text.format(start, end - start, random.pick(MARKS))
}

function insertEmbed (text, random, depth) {
  const embed = depth < DEPTH_MAX && random.chance(0.3) ? nested(random) : { image: 'x.png' }
  text.insertEmbed(boundary(text, random.below(text.length + 1)), embed)
}

function setKey (map, random, depth) {
  map.set(random.pick(KEYS), value(random, depth))
}

function deleteKey (map, random) {
  map.delete(random.pick(KEYS))
}

function insertItems (array, random, depth) {
  const items = Array.from({ length: 1 + random.below(4) }, () => value(random, depth))
  array.insert(random.below(array.length + 1), items)
}

function deleteItems (list, random) {
  const [start, end] = run(list.length, random)
  if (start < end) list.delete(start, end - start)
}

function insertNode (parent, random, depth) {
  let node = new Y.XmlText(words(random))
  if (depth < DEPTH_MAX && random.chance(0.6)) {
    node = new Y.XmlElement(random.pick(NAMES))
    if (random.chance(0.7)) node.insert(0, [new Y.XmlText(words(random))])
    if (random.chance(0.3)) node.setAttribute(random.pick(KEYS), `${random.below(100)}`)
  }
  parent.insert(random.below(parent.length + 1), [node])
}

function setAttribute (element, random) {
  element.setAttribute(random.pick(KEYS), random.pick([`${random.below(9)}`, 7, { a: [1] }, true]))
}

function removeAttribute (element, random) {
  element.removeAttribute(random.pick(KEYS))
}

function value (random, depth) {
  if (depth < DEPTH_MAX && random.chance(0.25)) return nested(random)
  return random.pick([
    () => random.below(1000) - 500,
    () => random.next() * 1e9,
    () => 2 ** 40 + random.below(100),
    () => words(random),
    () => random.chance(0.5),
    () => null,
    () => ({ b: [1, { c: words(random) }], a: null }),
    () => Uint8Array.from([random.below(256), 0, 255])
  ])()
}

function nested (random) {
  return random.pick([
    () => new Y.Map([[random.pick(KEYS), random.below(10)]]),
    () => Y.Array.from([words(random), random.below(10)]),
    () => new Y.Text(words(random)),
    () => new Y.XmlElement(random.pick(NAMES))
  ])()
}

function words (random) {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(WORDS)).join('')
}

function run (length, random) {
  const start = random.below(length + 1)
  return [start, Math.min(length, start + random.below(RUN_MAX))]
}

/** Move an index that would part a surrogate pair, as no editor does. */
function boundary (text, index) {
  const units = text.toDelta().flatMap(({ insert }) =>
    typeof insert === 'string' ? insert.split('') : [' '])
  const parts = index > 0 && index < units.length &&
    isHigh(units[index - 1]) && isLow(units[index])
  return parts ? index + 1 : index
}

const isHigh = unit => unit >= '\ud800' && unit <= '\udbff'
const isLow = unit => unit >= '\udc00' && unit <= '\udfff'

/**
 * Every block has an id of its own, which survives what is done to it: splitting and pasting copy
 * ids, so the copies get others. Only what was changed here is looked at, or everybody's editor
 * would answer to the change of one.
 */

import { ySyncPluginKey } from '@tiptap/y-tiptap'
import { Fragment, type Node } from 'prosemirror-model'
import { Plugin, type Transaction } from 'prosemirror-state'
import { BLOCK } from '../schema'
import { listsOf, wordsAlone } from '../tables/places'
import { MOVING } from './rearranging'

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-'
const LENGTH = 10

/** Return an id of 60 random bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return [...bytes].map((byte) => LETTERS[byte & 63]).join('')
}

function hasId(node: Node): boolean {
  return node.type.spec.attrs !== undefined && 'id' in node.type.spec.attrs
}

function isFromElsewhere(transactions: readonly Transaction[]): boolean {
  return transactions.some((tr) => tr.getMeta(ySyncPluginKey)?.isChangeOrigin)
}

/** Give an id to each block that has none, and another one to each copy. */
function nameNew(tr: Transaction, before: Node, after: Node): void {
  const untouched = new Set<Node>()
  for (const { node } of listsOf(before)) {
    for (const child of node.content.content) untouched.add(child)
  }
  const met = new Set<string>()
  for (const { node, start } of listsOf(after)) {
    node.forEach((child, offset) => {
      const id = child.attrs.id
      const isCopy = id !== null && met.has(id)
      met.add(id)
      if (untouched.has(child) || !hasId(child)) return
      if (id === null || isCopy) tr.setNodeAttribute(start + offset, 'id', newId())
    })
  }
}

/** Return content whose blocks have ids: one after another, in a long text, thousands take long. */
export function named(content: Fragment): Fragment {
  return Fragment.from(
    content.content.map((node) => {
      if (node.isInline) return node
      const inside = node.isTextblock ? node.content : named(node.content)
      const isNameless = hasId(node) && node.attrs.id === null
      return isNameless
        ? node.type.create({ ...node.attrs, id: newId() }, inside, node.marks)
        : node.copy(inside)
    })
  )
}

export function blockIds(): Plugin {
  return new Plugin({
    appendTransaction(transactions, before, after) {
      if (!transactions.some((tr) => tr.docChanged) || isFromElsewhere(transactions)) return null
      if (transactions.some((tr) => tr.getMeta(MOVING))) return null
      const changed = wordsAlone(before.doc, after.doc)
      if (changed?.every(({ node }) => !hasId(node) || node.attrs.id !== null)) return null
      const tr = after.tr
      if (after.doc.childCount === 0) {
        // There is always something to write in.
        return tr.insert(0, BLOCK.create({ id: newId() }))
      }
      nameNew(tr, before.doc, after.doc)
      return tr.docChanged ? tr : null
    }
  })
}

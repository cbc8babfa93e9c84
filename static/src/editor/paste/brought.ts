/**
 * Pictures and files that come with what is pasted. Those of another document, and those whose
 * bytes came along, are sent to this one, and stand behind what they stood behind.
 */

import { Fragment, type Node, Slice } from 'prosemirror-model'
import type { EditorView } from 'prosemirror-view'
import { fetched, NotKept } from '../../collab/files'
import { newId } from '../blocks/blockids'
import { uploadsOf } from '../figures/choosing'
import type { Load } from '../figures/uploads'
import { tell } from './telling'

/** How many files of one paste are sent. */
export const BROUGHT_MAX = 50

const DATA = /^data:(image\/(?:png|jpeg|gif|webp|avif));base64,/i
const KEPT = /^\/documents\/([^/]+)\/files\/[^/?#]+$/
const HOLDERS = new Set(['figure', 'image_inline', 'file'])

interface Brought {
  readonly load: Load
  /** The id of the block that it stood behind; null at the beginning. */
  readonly behind: string | null
}

/** Return what is pasted without those; they are sent when the rest is in the text. */
export function sendBrought(slice: Slice, view: EditorView): Slice {
  const uploads = uploadsOf(view.state)
  const sifter = new Sifter(uploads?.document ?? null)
  const sifted = sifter.sift(slice)
  if (sifter.brought.length > 0 && uploads) {
    const begins: string | undefined = view.state.selection.$from.node(1)?.attrs.id
    // What is pasted is put into the text before anything else happens.
    queueMicrotask(() => {
      for (const [behind, loads] of grouped(sifter.brought.slice(0, BROUGHT_MAX))) {
        uploads.add(loads, placeOf(view, behind, begins))
      }
    })
    if (sifter.brought.length > BROUGHT_MAX) {
      tell(view, `Of ${sifter.brought.length} files the first ${BROUGHT_MAX} were pasted.`)
    }
  }
  return sifted
}

function grouped(brought: readonly Brought[]): Map<string | null, Load[]> {
  const groups = new Map<string | null, Load[]>()
  for (const { behind, load } of brought) {
    groups.set(behind, [...(groups.get(behind) ?? []), load])
  }
  return groups
}

/** Return a place in the block with this id, or where it was pasted. */
function placeOf(
  { state }: EditorView,
  behind: string | null,
  begins: string | undefined
): number {
  const places = new Map<string, number>()
  state.doc.forEach((node, offset) => {
    places.set(node.attrs.id, offset + 1)
  })
  return places.get(behind ?? '') ?? places.get(begins ?? '') ?? state.selection.head
}

/** Takes what has to be sent out of what is pasted. */
class Sifter {
  readonly brought: Brought[] = []

  constructor(private readonly document: string | null) {}

  sift(slice: Slice): Slice {
    const kept: Node[] = []
    let isSame = true
    slice.content.forEach((node) => {
      const loads: Load[] = []
      const sifted = this.#sifted(node, loads)
      if (sifted !== node) isSame = false
      if (sifted && !(loads.length > 0 && isEmpty(sifted))) kept.push(sifted)
      if (loads.length > 0) this.#bring(loads, kept)
    })
    if (isSame) return slice
    const content = Fragment.from(kept)
    const { openStart, openEnd } = Slice.maxOpen(content)
    return new Slice(
      content,
      Math.min(openStart, slice.openStart),
      Math.min(openEnd, slice.openEnd)
    )
  }

  #bring(loads: readonly Load[], kept: Node[]): void {
    const last = kept.pop()
    // A copy's id would be renewed, and not be found.
    const behind = last && 'id' in last.attrs ? newId() : null
    if (last)
      kept.push(behind ? last.type.create({ ...last.attrs, id: behind }, last.content) : last)
    for (const load of loads) this.brought.push({ load, behind })
  }

  /** Return the node without what has to be sent; null if it is that itself. */
  #sifted(node: Node, loads: Load[]): Node | null {
    if (HOLDERS.has(node.type.name)) return this.#held(node, loads)
    if (node.isLeaf) return node
    const children: Node[] = []
    node.forEach((child) => {
      const sifted = this.#sifted(child, loads)
      if (sifted) children.push(sifted)
    })
    const isSame =
      children.length === node.childCount && children.every((each, i) => each === node.child(i))
    return isSame ? node : node.copy(Fragment.fromArray(children))
  }

  #held(node: Node, loads: Load[]): Node | null {
    const src = String(node.attrs.src ?? '')
    if (/^data:/i.test(src)) {
      const type = DATA.exec(src)?.[1]
      if (type && this.document !== null) loads.push(loadOf(node, () => decoded(src, type)))
      return null
    }
    const path = pathOf(src)
    const owner = KEPT.exec(path ?? '')?.[1]
    if (!path || owner === undefined || this.document === null) return node
    if (owner !== encodeURIComponent(this.document)) {
      loads.push(loadOf(node, () => fetched(path)))
      return null
    }
    if (path === src) return node
    return node.type.create({ ...node.attrs, src: path }, null, node.marks)
  }
}

function isEmpty(node: Node): boolean {
  return node.isTextblock && node.content.size === 0
}

/** Return the path of an address of this server. */
function pathOf(src: string): string | null {
  if (!URL.canParse(src, location.href)) return null
  const { origin, pathname } = new URL(src, location.href)
  return origin === location.origin ? pathname : null
}

function loadOf({ type, attrs }: Node, file: () => Promise<Blob>): Load {
  const isPicture = type.name !== 'file'
  const { alt, width, caption } = attrs
  return {
    name: attrs.name || alt || (isPicture ? 'Picture' : 'File'),
    isPicture,
    file,
    attrs: isPicture ? { alt, width, caption: caption ?? null } : { caption }
  }
}

async function decoded(src: string, type: string): Promise<Blob> {
  try {
    const letters = atob(src.slice(src.indexOf(',') + 1))
    return new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))], { type })
  } catch {
    throw new NotKept('It did not come whole.')
  }
}

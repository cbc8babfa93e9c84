/**
 * Files on their way into the text: each has a place in it, which only this page sees, until the
 * server has the file; then a figure stands there, for everybody.
 *
 * A place is named by the block beside it, for positions do not outlast what others write.
 */

import type { Node } from 'prosemirror-model'
import {
  type EditorState,
  NodeSelection,
  Plugin,
  PluginKey,
  TextSelection
} from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { type Kept, NotKept, send } from '../../collab/files'
import { newId } from '../blocks/blockids'
import { begin } from '../commands'
import { BLOCK, nodeType } from '../schema'
import { lookAtCaret } from '../together/lateness'
import { UploadNote } from './uploadnote'

export interface Target {
  readonly document: string
  readonly bytesMax: number
}

/** Something to be sent: what it is called, and its bytes, which may have to be fetched. */
export interface Load {
  readonly name: string
  readonly isPicture: boolean
  readonly file: File | (() => Promise<Blob>)
  /** What a figure of it says beside its address. */
  readonly attrs?: Record<string, unknown>
}

interface Beside {
  id: string | null
  side: 'before' | 'after'
  /** Where the block stood last, among those at the top. */
  index: number
}

class Upload {
  readonly note: UploadNote
  isAway = false

  constructor(
    readonly load: Load,
    readonly place: Beside,
    again: () => void,
    drop: () => void
  ) {
    this.note = new UploadNote(load.name, again, drop)
  }
}

type Wish = { add: readonly Upload[] } | { remove: Upload }

const key = new PluginKey<readonly Upload[]>('uploads')

/** How many are sent at once: the server has places for few. */
const AT_ONCE = 2

export class Uploads {
  #view: EditorView | null = null
  #waiting: Upload[] = []
  #sending = 0
  /** What was put into the text here: what is pasted next at the same place follows it. */
  readonly #made = new Set<string>()

  constructor(private readonly target: Target) {}

  /** Where files are sent. */
  get document(): string {
    return this.target.document
  }

  plugin(): Plugin {
    const again = () => this.#retry()
    return new Plugin<readonly Upload[]>({
      key,
      state: {
        init: () => [],
        apply: (tr, uploads) => {
          const wish: Wish | undefined = tr.getMeta(key)
          if (!wish) return uploads
          if ('add' in wish) return [...uploads, ...wish.add]
          return uploads.filter((each) => each !== wish.remove)
        }
      },
      props: { decorations: (state) => decorations(state) },
      view: (view) => {
        this.#view = view
        window.addEventListener('online', again)
        return { destroy: () => window.removeEventListener('online', again) }
      }
    })
  }

  /** Whether something would be lost if the page were closed now. */
  get pending(): boolean {
    return this.#view !== null && (key.getState(this.#view.state)?.length ?? 0) > 0
  }

  /** Send these, and put them beside the block at the position, in their order. */
  add(loads: readonly Load[], pos: number): void {
    const view = this.#view
    if (!view || loads.length === 0) return
    const place = placeAt(view.state, pos, this.#made)
    this.#begin(loads.map((load) => ({ load, place: { ...place } })))
  }

  /** Try again what nobody answered: somebody is there. */
  connected(): void {
    this.#retry()
  }

  #begin(wishes: ReadonlyArray<{ load: Load; place: Beside }>): void {
    const uploads = wishes.map(({ load, place }) => {
      const made: Upload = new Upload(
        load,
        place,
        () => this.#queue(made),
        () => this.#forget(made)
      )
      return made
    })
    this.#view?.dispatch(this.#view.state.tr.setMeta(key, { add: uploads } satisfies Wish))
    for (const each of uploads) this.#queue(each)
  }

  #retry(): void {
    const uploads = this.#view ? (key.getState(this.#view.state) ?? []) : []
    for (const each of uploads) if (each.isAway) this.#queue(each)
  }

  #queue(upload: Upload): void {
    upload.isAway = false
    upload.note.wait()
    this.#waiting.push(upload)
    this.#next()
  }

  #next(): void {
    while (this.#sending < AT_ONCE) {
      const upload = this.#waiting.shift()
      if (!upload) return
      this.#sending += 1
      void this.#send(upload).finally(() => {
        this.#sending -= 1
        this.#next()
      })
    }
  }

  async #send(upload: Upload): Promise<void> {
    const { document, bytesMax } = this.target
    try {
      const { file } = upload.load
      const blob = file instanceof File ? file : await file()
      if (blob.size > bytesMax) {
        const [is, most] = [megabytes(blob.size), megabytes(bytesMax)]
        const size = is === most ? `more than ${most}` : is
        throw new NotKept(`It has ${size}; a file may have ${most} here.`, false, true)
      }
      upload.note.show(blob, upload.load.isPicture)
      const kept = await send(document, blob, (part) => upload.note.progress(part))
      this.#insert(upload, kept)
    } catch (error) {
      if (!(error instanceof NotKept)) throw error
      upload.isAway = error.isAway
      upload.note.fail(error)
    }
  }

  /** Put what was kept into the text, where its place is by now. */
  #insert(upload: Upload, kept: Kept): void {
    const view = this.#view
    const uploads = view ? (key.getState(view.state) ?? []) : []
    const number = uploads.indexOf(upload)
    if (!view || number < 0) return
    if (!view.editable) {
      upload.note.fail(new NotKept('You may not write here any more.'))
      return
    }
    lookAtCaret(view)
    const { state } = view
    const { pos } = found(state.doc, upload.place)
    const node = nodeOf(upload.load, kept)
    begin(state)
    const tr = state.tr.insert(pos, node).setMeta(key, { remove: upload } satisfies Wish)
    // Else there would be nothing to write on behind it.
    if (pos + node.nodeSize === tr.doc.content.size) tr.insert(tr.doc.content.size, BLOCK.create())
    keepOrder(uploads, number, node.attrs.id)
    this.#made.add(node.attrs.id)
    view.dispatch(tr)
    upload.note.done()
  }

  #forget(upload: Upload): void {
    this.#waiting = this.#waiting.filter((each) => each !== upload)
    const view = this.#view
    view?.dispatch(view.state.tr.setMeta(key, { remove: upload } satisfies Wish))
    upload.note.done()
    view?.focus()
  }
}

function nodeOf(load: Load, kept: Kept): Node {
  const id = newId()
  if (load.isPicture && kept.width !== undefined) {
    return nodeType('figure').create({ ...load.attrs, id, src: kept.src })
  }
  return nodeType('file').create({
    ...load.attrs,
    id,
    src: kept.src,
    name: load.name,
    size: kept.size
  })
}

/** Those that wait for the same place stay in the order in which they came. */
function keepOrder(uploads: readonly Upload[], number: number, id: string): void {
  const { id: beside, side } = uploads[number]?.place ?? {}
  for (const [other, { place }] of uploads.entries()) {
    if (other === number || place.id !== beside || place.side !== side) continue
    place.id = id
    place.side = other < number ? 'before' : 'after'
  }
}

/** Return the place at a position: before a block that is empty, else behind it. */
function placeAt({ doc }: EditorState, pos: number, made: ReadonlySet<string>): Beside {
  const $pos = doc.resolve(Math.min(pos, doc.content.size))
  const index = Math.min($pos.index(0), doc.childCount - 1)
  const block = doc.child(index)
  const isBefore =
    $pos.depth === 0
      ? $pos.index(0) === index
      : block.isTextblock && block.content.size === 0 && (block.attrs.type ?? 'p') === 'p'
  if (isBefore) return { id: block.attrs.id ?? null, side: 'before', index }
  let last = index
  while (made.has(doc.maybeChild(last + 1)?.attrs.id)) last += 1
  return { id: doc.child(last).attrs.id ?? null, side: 'after', index: last }
}

/** Return where a place is in the text as it is now. */
function found(doc: Node, place: Beside): { pos: number } {
  let at: number | null = null
  let pos = 0
  for (let index = 0; index < doc.childCount; index++) {
    const block = doc.child(index)
    const isIt = place.id === null ? index === place.index : block.attrs.id === place.id
    if (isIt) {
      place.index = index
      at = place.side === 'before' ? pos : pos + block.nodeSize
      break
    }
    pos += block.nodeSize
  }
  // The block is gone: its neighbours are where it was.
  return { pos: at ?? positionOf(doc, place.index) }
}

function positionOf(doc: Node, index: number): number {
  let pos = 0
  for (let i = 0; i < Math.min(index, doc.childCount); i++) pos += doc.child(i).nodeSize
  return pos
}

function decorations(state: EditorState): DecorationSet | null {
  const uploads = key.getState(state) ?? []
  if (uploads.length === 0) return null
  return DecorationSet.create(
    state.doc,
    uploads.map((upload, number) =>
      Decoration.widget(found(state.doc, upload.place).pos, upload.note.element, {
        side: upload.place.side === 'before' ? -1 : 1 + number / (uploads.length + 1),
        key: upload.note.name,
        stopEvent: () => true,
        ignoreSelection: true
      })
    )
  )
}

/** Return a number of bytes as people say it. */
export function megabytes(bytes: number): string {
  const mega = bytes / (1024 * 1024)
  return mega < 0.1 ? `${Math.ceil(bytes / 1024)} KB` : `${Math.round(mega * 10) / 10} MB`
}

/** Return where what is chosen is to go: beside the selection. */
export function placeOfSelection({ selection }: EditorState): number {
  if (selection instanceof NodeSelection) return selection.to
  return selection instanceof TextSelection ? selection.head : selection.from
}

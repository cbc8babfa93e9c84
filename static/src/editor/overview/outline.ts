/** The headings of the text, which of them one is under, and the way there. */

import { signal } from '@preact/signals'
import type { Node } from 'prosemirror-model'
import { type Plugin, Selection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { Lookout } from './lookout'
import { putOnTop, upperEdge } from './scrolling'

const HEADINGS_MAX = 500

export interface Heading {
  readonly id: string
  readonly level: number
  readonly text: string
}

export class Outline {
  readonly headings = signal<readonly Heading[]>([])
  /** The id of the heading that one is under. */
  readonly current = signal('')
  #lookout = new Lookout(
    (before, after) => before.doc !== after.doc,
    (view) => this.#look(view)
  )
  #frame = 0

  plugin(): Plugin {
    return this.#lookout.plugin()
  }

  want(isWanted: boolean): void {
    this.#lookout.want(isWanted)
    if (isWanted) window.addEventListener('scroll', this.#scrolled, { passive: true })
    else window.removeEventListener('scroll', this.#scrolled)
  }

  /** Put the caret into a block, and the block below the bar. */
  go(id: string): void {
    const view = this.#lookout.view
    const at = view && positionOf(view.state.doc, id)
    if (!view || at === null) return
    view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(at))))
    view.focus()
    const element = view.nodeDOM(at)
    if (element instanceof HTMLElement) putOnTop(element)
  }

  #look(view: EditorView): void {
    const headings = headingsOf(view.state.doc)
    if (!same(headings, this.headings.peek())) this.headings.value = headings
    this.#mark()
  }

  #scrolled = (): void => {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#mark())
  }

  #mark(): void {
    const view = this.#lookout.view
    if (!view) return
    const edge = upperEdge()
    let current = ''
    view.state.doc.forEach((node, pos) => {
      if (node.attrs.type !== 'h') return
      const element = view.nodeDOM(pos)
      if (!(element instanceof HTMLElement)) return
      const isAbove = Math.floor(element.getBoundingClientRect().top) <= edge
      if (isAbove || current === '') current = node.attrs.id ?? ''
    })
    this.current.value = current
  }
}

/** Return the headings of a text that say something. */
export function headingsOf(doc: Node): Heading[] {
  const found: Heading[] = []
  doc.forEach((node) => {
    const text = node.attrs.type === 'h' ? node.textContent.trim() : ''
    if (text === '' || !node.attrs.id || found.length >= HEADINGS_MAX) return
    found.push({ id: node.attrs.id, level: node.attrs.level ?? 1, text })
  })
  return found
}

function positionOf(doc: Node, id: string): number | null {
  let found: number | null = null
  doc.forEach((node, pos) => {
    if (node.attrs.id === id) found ??= pos
  })
  return found
}

function same(one: readonly Heading[], other: readonly Heading[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

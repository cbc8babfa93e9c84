/**
 * The toolbar of the block that the caret is in: of a table, of code, of a callout, of a formula.
 * Alt-F10 leads into it, Escape back to the text; what is of no use before something is said in its
 * toolbar leads there by itself. It floats above its block and moves nothing.
 */

import type { Node } from 'prosemirror-model'
import {
  type EditorState,
  NodeSelection,
  Plugin,
  PluginKey,
  TextSelection,
  type Transaction
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { placeBeside, whenMoved } from '../menus/placing'

export interface Found {
  readonly node: Node
  readonly pos: number
}

export interface Control {
  readonly element: HTMLElement
  update?(state: EditorState, found: Found): void
  /** The bar is about to go, or to be that of another block. */
  leave?(): void
}

/** A place that stays the block's, whatever is written around it. */
export type Where = () => Found | null

export interface Bar {
  readonly label: string
  find(state: EditorState): Found | null
  controls(view: EditorView, where: Where): readonly Control[]
}

/** How often somebody was to be led into the toolbar. */
const key = new PluginKey<number>('block-bar')

/** Have whoever does this led into the toolbar of what is selected then. */
export function enterBar(tr: Transaction): Transaction {
  return tr.setMeta(key, true)
}

const REACHED = 'button:not([disabled]), select, textarea'

/** Return the innermost block around the selection for which a test holds. */
export function around(state: EditorState, test: (node: Node) => boolean): Found | null {
  const { selection } = state
  if (selection instanceof NodeSelection && test(selection.node))
    return { node: selection.node, pos: selection.from }
  const { $from, $to } = selection
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    const node = $from.node(depth)
    if (test(node)) return { node, pos: $from.before(depth) }
  }
  return null
}

class Shown {
  readonly #element = document.createElement('div')
  #bar: Bar | null = null
  #controls: readonly Control[] = []
  #found: Found | null = null
  #unwatch: (() => void) | null = null

  constructor(
    private readonly view: EditorView,
    private readonly bars: readonly Bar[]
  ) {
    this.#element.className = 'floating block-bar'
    this.#element.setAttribute('role', 'toolbar')
    this.#element.popover = 'manual'
    this.#element.addEventListener('mousedown', (event) => {
      if (!(event.target instanceof Element && event.target.closest('select, textarea')))
        event.preventDefault()
    })
    this.#element.addEventListener('keydown', (event) => this.#pressed(event))
    this.#element.addEventListener('focusout', this.#refresh)
    view.dom.addEventListener('focus', this.#refresh)
    view.dom.addEventListener('blur', this.#refresh)
    ;(view.dom.parentElement ?? document.body).append(this.#element)
  }

  /** After the browser has moved the focus: between the text and the bar nothing changes. */
  #refresh = (): void => queueMicrotask(() => this.update())

  update(_view?: EditorView, before?: EditorState): void {
    if (this.view.isDestroyed) return
    const { state } = this.view
    // After whoever has the focus now gave it back to the text.
    if (before && key.getState(before) !== key.getState(state)) queueMicrotask(() => this.enter())
    const isHere = this.view.hasFocus() || this.#element.contains(document.activeElement)
    const [bar, found] = (isHere && this.view.editable && this.#seek(state)) || [null, null]
    if (bar === null || found === null) {
      this.#hide()
      return
    }
    // A block that had no id so far gets one with what is done to it.
    const id: string | null = this.#found?.node.attrs.id ?? null
    const isSame = bar === this.#bar && (id === null || found.node.attrs.id === id)
    this.#found = found
    if (!isSame) this.#fill(bar)
    for (const control of this.#controls) control.update?.(state, found)
    this.#show()
  }

  #seek(state: EditorState): [Bar, Found] | null {
    for (const bar of this.bars) {
      const found = bar.find(state)
      if (found) return [bar, found]
    }
    return null
  }

  #fill(bar: Bar): void {
    for (const control of this.#controls) control.leave?.()
    this.#bar = bar
    this.#element.setAttribute('aria-label', bar.label)
    this.#controls = bar.controls(this.view, () => this.#bar?.find(this.view.state) ?? null)
    this.#element.replaceChildren(...this.#controls.map(({ element }) => element))
    // One of them is reached by Tab, the others by arrows.
    this.#reachable().forEach((each, at) => {
      each.tabIndex = at === 0 ? 0 : -1
    })
  }

  #show(): void {
    if (this.#unwatch === null) {
      this.#element.showPopover()
      this.#unwatch = whenMoved(() => this.#place())
    }
    this.#place()
  }

  #place(): void {
    const dom = this.#found && this.view.nodeDOM(this.#found.pos)
    if (!(dom instanceof Element)) return
    const { left, top, bottom } = dom.getBoundingClientRect()
    placeBeside(this.#element, { left, top, bottom }, 'above')
  }

  #hide(): void {
    if (this.#unwatch === null) return
    this.#unwatch()
    this.#unwatch = null
    for (const control of this.#controls) control.leave?.()
    this.#controls = []
    this.#bar = null
    this.#element.hidePopover()
    this.#element.replaceChildren()
  }

  #reachable(): HTMLElement[] {
    return [...this.#element.querySelectorAll<HTMLElement>(REACHED)]
  }

  /** Put the focus into the bar, if there is one. */
  enter(): boolean {
    const first = this.#unwatch && this.#reachable().find((each) => each.tabIndex === 0)
    first?.focus()
    return Boolean(first)
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault()
      this.view.focus()
      return
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step || event.target instanceof HTMLTextAreaElement) return
    const all = this.#reachable()
    const at = all.indexOf(event.target as HTMLElement)
    const next = all[(at + step + all.length) % all.length]
    for (const each of all) each.tabIndex = each === next ? 0 : -1
    next?.focus()
    event.preventDefault()
  }

  destroy(): void {
    this.#hide()
    this.view.dom.removeEventListener('focus', this.#refresh)
    this.view.dom.removeEventListener('blur', this.#refresh)
    this.#element.remove()
  }
}

/** Return the plugin that shows the first of these bars that finds its block. */
export function blockBar(...bars: readonly Bar[]): Plugin {
  let shown: Shown | null = null
  return new Plugin<number>({
    key,
    state: { init: () => 0, apply: (tr, entered) => entered + Number(tr.getMeta(key) === true) },
    view(view) {
      shown = new Shown(view, bars)
      return shown
    },
    props: {
      handleKeyDown({ state }, event) {
        if (event.key !== 'F10' || !event.altKey) return false
        // Words that are selected have a toolbar of their own.
        const { selection } = state
        const hasWords = selection instanceof TextSelection && !selection.empty
        if (hasWords && !selection.$from.parent.type.spec.code) return false
        return shown?.enter() ?? false
      }
    }
  })
}

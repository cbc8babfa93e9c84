/**
 * Pictures as they are written: one that is selected offers its width and its description, and
 * below each there is room for a caption. What is typed there goes into the document when it is
 * left, or after a moment's pause.
 */

import type { Node } from 'prosemirror-model'
import { NodeSelection, Plugin, TextSelection } from 'prosemirror-state'
import type { EditorView, NodeView } from 'prosemirror-view'
import { begin } from '../commands'
import { safeImage } from '../dom'
import { BLOCK } from '../schema'

const WIDTHS = { Small: 240, Medium: 420, Full: null } as const
const WIDTH_MIN = 60
const STEP = 20
const PAUSE_MILLISECONDS = 800

type Where = () => number | undefined

class Figure implements NodeView {
  readonly dom = document.createElement('figure')
  readonly #image = document.createElement('img')
  readonly #frame = document.createElement('div')
  readonly #tools = document.createElement('div')
  readonly #caption: Field
  readonly #alt: Field

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly where: Where
  ) {
    this.#caption = new Field('Caption', 'Add a caption', (words) => this.#set('caption', words))
    this.#alt = new Field('Description for who does not see the picture', 'Describe it', (words) =>
      this.#set('alt', words)
    )
    this.#frame.className = 'frame'
    this.#image.addEventListener('error', () => this.dom.classList.add('broken'))
    this.#image.addEventListener('load', () => this.dom.classList.remove('broken'))
    this.#frame.append(this.#image, this.#tools, this.#grip())
    this.#fillTools()
    this.#caption.input.className = 'caption'
    this.dom.append(this.#frame, this.#caption.input)
    this.dom.addEventListener('keydown', (event) => this.#onKey(event))
    this.#show(node)
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false
    this.node = node
    this.#show(node)
    return true
  }

  selectNode(): void {
    this.dom.classList.add('ProseMirror-selectednode')
  }

  deselectNode(): void {
    this.dom.classList.remove('ProseMirror-selectednode')
  }

  stopEvent(event: Event): boolean {
    const { target } = event
    if (!(target instanceof Element)) return false
    return target.closest('input, button, .grip') !== null
  }

  ignoreMutation(): boolean {
    return true
  }

  destroy(): void {
    this.#caption.end()
    this.#alt.end()
  }

  /** Go where the caption is written. */
  write(): void {
    this.#caption.input.focus()
  }

  #show({ attrs }: Node): void {
    const src = safeImage(attrs.src)
    if (src === null) this.dom.classList.add('broken')
    if (this.#image.getAttribute('src') !== src) setOrNot(this.#image, 'src', src)
    this.#image.alt = attrs.alt ?? ''
    this.#wide(attrs.width)
    setOrNot(this.dom, 'data-block', attrs.id)
    setOrNot(this.dom, 'data-indent', attrs.indent || null)
    this.#caption.show(attrs.caption ?? '')
    this.#alt.show(attrs.alt ?? '')
    for (const each of this.#tools.querySelectorAll<HTMLElement>('[data-width]')) {
      const isIt = (attrs.width ?? null) === WIDTHS[each.dataset.width as keyof typeof WIDTHS]
      each.setAttribute('aria-pressed', String(isIt))
    }
  }

  #wide(width: number | null): void {
    setOrNot(this.#image, 'width', width)
  }

  #fillTools(): void {
    this.#tools.className = 'tools'
    this.#tools.setAttribute('role', 'group')
    this.#tools.setAttribute('aria-label', 'Picture')
    for (const name of Object.keys(WIDTHS) as Array<keyof typeof WIDTHS>) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = name
      button.dataset.width = name
      button.addEventListener('click', () => this.#set('width', WIDTHS[name]))
      this.#tools.append(button)
    }
    this.#tools.append(this.#alt.input)
  }

  /** What is dragged to make the picture wider; the keys for it are on the frame's buttons. */
  #grip(): HTMLElement {
    const grip = document.createElement('button')
    grip.type = 'button'
    grip.className = 'grip'
    grip.setAttribute('aria-label', 'Width: drag, or press the left and right arrows')
    grip.addEventListener('pointerdown', (event) => this.#drag(grip, event))
    grip.addEventListener('keydown', (event) => {
      const steps = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key]
      if (steps === undefined) return
      event.preventDefault()
      this.#set('width', this.#within(this.#image.clientWidth + steps))
    })
    return grip
  }

  #drag(grip: HTMLElement, down: PointerEvent): void {
    down.preventDefault()
    const from = this.#image.clientWidth
    const isLeftwards = getComputedStyle(this.dom).direction === 'rtl'
    let width = from
    const end = new AbortController()
    const { signal } = end
    grip.setPointerCapture(down.pointerId)
    const moved = (event: PointerEvent) => {
      const far = event.clientX - down.clientX
      width = this.#within(from + (isLeftwards ? -far : far))
      this.#wide(width)
    }
    const done = () => {
      end.abort()
      if (width !== from) this.#set('width', width)
    }
    grip.addEventListener('pointermove', moved, { signal })
    grip.addEventListener('pointerup', done, { signal })
    grip.addEventListener('pointercancel', done, { signal })
  }

  #within(width: number): number {
    return Math.round(Math.max(WIDTH_MIN, Math.min(width, this.dom.clientWidth)))
  }

  #set(name: 'caption' | 'alt' | 'width', value: string | number | null): void {
    const pos = this.where()
    if (pos === undefined || !this.view.editable) return
    const said = value === '' ? null : value
    if ((this.node.attrs[name] ?? null) === said) return
    begin(this.view.state)
    this.view.dispatch(this.view.state.tr.setNodeAttribute(pos, name, said))
  }

  #onKey(event: KeyboardEvent): void {
    const pos = this.where()
    if (pos === undefined) return
    const isWritten = event.target instanceof HTMLInputElement
    if (event.key === 'Escape') this.#leave(pos)
    else if (event.key === 'Enter' && isWritten) this.#goOn(pos)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Back to the picture as a whole. */
  #leave(pos: number): void {
    const { state } = this.view
    this.view.dispatch(state.tr.setSelection(NodeSelection.create(state.doc, pos)))
    this.view.focus()
  }

  /** On into the block below, a new one if there is none to write in. */
  #goOn(pos: number): void {
    this.#caption.settle()
    this.#alt.settle()
    const { state } = this.view
    const behind = pos + this.node.nodeSize
    const { tr } = state
    if (!state.doc.nodeAt(behind)?.isTextblock) tr.insert(behind, BLOCK.create())
    tr.setSelection(TextSelection.create(tr.doc, behind + 1)).scrollIntoView()
    this.view.dispatch(tr)
    this.view.focus()
  }
}

/** A line of text beside the document; while somebody types in it, nobody else changes it. */
class Field {
  readonly input = document.createElement('input')
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    label: string,
    hint: string,
    private readonly told: (words: string) => void
  ) {
    this.input.type = 'text'
    this.input.placeholder = hint
    this.input.dir = 'auto'
    this.input.maxLength = 1000
    this.input.setAttribute('aria-label', label)
    this.input.addEventListener('input', () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.settle(), PAUSE_MILLISECONDS)
    })
    this.input.addEventListener('change', () => this.settle())
  }

  show(words: string): void {
    if (this.#timer === undefined && this.input.value !== words) this.input.value = words
  }

  settle(): void {
    this.end()
    this.told(this.input.value.trim())
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function setOrNot(element: HTMLElement, name: string, value: string | number | null): void {
  if (value === null || value === undefined) element.removeAttribute(name)
  else element.setAttribute(name, String(value))
}

export function figures(): Plugin {
  const shown = new WeakMap<HTMLElement, Figure>()
  return new Plugin({
    props: {
      nodeViews: {
        figure: (node, view, where) => {
          const made = new Figure(node, view, where)
          shown.set(made.dom, made)
          return made
        }
      },
      handleKeyDown(view, event) {
        const { selection } = view.state
        if (event.key !== 'Enter' || !(selection instanceof NodeSelection)) return false
        const dom = view.nodeDOM(selection.from)
        const figure = dom instanceof HTMLElement ? shown.get(dom) : undefined
        figure?.write()
        return figure !== undefined
      }
    }
  })
}

/**
 * The handle of a block, at its side when a mouse is over it: dragged, it moves the block and what
 * stands inside it; clicked, it opens the block's menu. With a key, that menu opens at the caret.
 */

import { Slice } from 'prosemirror-model'
import { NodeSelection, Plugin, TextSelection } from 'prosemirror-state'
import { dropPoint } from 'prosemirror-transform'
import type { EditorView } from 'prosemirror-view'
import {
  elementsAt,
  moveBlocks,
  placesOf,
  positionOf,
  selectedPlaces,
  withInside
} from '../blocks/rearranging'
import { openBlockMenu } from './blockmenu'
import { icon } from './icons'

class Handle {
  readonly #button: HTMLButtonElement
  /** The block it stands beside: the element in the shared text, as places change. */
  #beside: unknown = null
  #dragged: readonly unknown[] = []

  constructor(private readonly view: EditorView) {
    this.#button = buttonIn(view.dom.parentElement ?? document.body)
    this.#button.addEventListener('click', this.#open)
    this.#button.addEventListener('dragstart', this.#lift)
    this.#button.addEventListener('dragend', this.#let)
    view.dom.addEventListener('mousemove', this.#hover)
    view.dom.addEventListener('keydown', this.#hide)
  }

  get #place(): number | undefined {
    return placesOf(this.view.state, [this.#beside])[0]
  }

  update(view: EditorView): void {
    if (this.#button.hidden) return
    const place = this.#place
    if (place === undefined || !view.editable) this.#hide()
    else this.#stand(place)
  }

  destroy(): void {
    this.#button.remove()
    this.view.dom.removeEventListener('mousemove', this.#hover)
    this.view.dom.removeEventListener('keydown', this.#hide)
  }

  /** Move what was lifted to where it is let go; its places may have changed meanwhile. */
  drop(event: DragEvent, slice: Slice): boolean {
    const { view } = this
    const lifted = placesOf(view.state, this.#dragged)
    const spot = view.posAtCoords({ left: event.clientX, top: event.clientY })
    if (this.#dragged.length === 0) return false
    this.#dragged = []
    if (spot) {
      const at = dropPoint(view.state.doc, spot.pos, slice) ?? spot.pos
      moveBlocks(lifted, view.state.doc.resolve(at).index(0))(view.state, view.dispatch, view)
    }
    view.focus()
    return true
  }

  #hide = (): void => {
    this.#button.hidden = true
  }

  #hover = (event: MouseEvent): void => {
    if (event.buttons !== 0 || !this.view.editable) return
    const block = blockAt(this.view, event)
    if (!block) return
    const place = this.view.state.doc.resolve(this.view.posAtDOM(block, 0)).index(0)
    const [element] = elementsAt(this.view.state, [place])
    if (element === this.#beside && !this.#button.hidden) return
    this.#beside = element
    this.#stand(place)
  }

  #stand(place: number): void {
    const { view } = this
    const pos = positionOf(view.state.doc, place)
    const block = view.nodeDOM(pos)
    const page = this.#button.parentElement
    if (!(block instanceof HTMLElement) || !page) return
    this.#button.hidden = false
    const { left, top } = page.getBoundingClientRect()
    const beside = block.getBoundingClientRect()
    const isText = view.state.doc.child(place).isTextblock
    const line = isText ? view.coordsAtPos(pos + 1) : { top: beside.top, bottom: beside.top + 24 }
    const middle = (line.top + line.bottom) / 2
    this.#button.style.top = `${middle - top - this.#button.offsetHeight / 2}px`
    this.#button.style.left = `${beside.left - left}px`
  }

  /** Return the places of what the handle moves: all that is selected, if its block is among it. */
  #moved(): number[] {
    const { state } = this.view
    const place = this.#place
    if (place === undefined) return []
    const selected = selectedPlaces(state)
    const places = selected.includes(place) ? selected : [place]
    return [...new Set(places.flatMap((each) => withInside(state.doc, each)))]
  }

  #open = (): void => {
    const { view } = this
    const place = this.#place
    if (place === undefined) return
    if (!selectedPlaces(view.state).includes(place)) select(view, place)
    const { left, top, bottom } = this.#button.getBoundingClientRect()
    openBlockMenu(view, { left, top, bottom })
  }

  #lift = (event: DragEvent): void => {
    const { view } = this
    const places = this.#moved()
    const [first] = places
    if (first === undefined || !event.dataTransfer) return
    this.#dragged = elementsAt(view.state, places)
    const { doc } = view.state
    const from = positionOf(doc, first)
    const slice = doc.slice(from, positionOf(doc, (places.at(-1) ?? first) + 1))
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', slice.content.textBetween(0, slice.size, '\n\n'))
    const block = view.nodeDOM(from)
    if (block instanceof HTMLElement) event.dataTransfer.setDragImage(block, 0, 0)
    // The editor shows where it would go by this.
    view.dragging = { slice: new Slice(slice.content, 0, 0), move: true }
  }

  #let = (): void => {
    this.#dragged = []
    // The handle is outside of the text: nobody else would tell it that this is over.
    this.view.dom.dispatchEvent(new DragEvent('dragend'))
  }
}

function buttonIn(page: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'handle'
  button.hidden = true
  button.draggable = true
  // By keyboard the menu opens at the caret.
  button.tabIndex = -1
  button.title = 'Drag to move, click for more'
  button.setAttribute('aria-label', 'Block: drag to move, click for more')
  button.setAttribute('aria-haspopup', 'menu')
  button.append(icon('grip'))
  page.append(button)
  return button
}

/** Return the block that the mouse is over, or beside. */
function blockAt(view: EditorView, { target, clientY }: MouseEvent): Element | null {
  let over = target instanceof Element ? target : null
  if (over === view.dom) {
    const { left, right } = view.dom.getBoundingClientRect()
    over = document.elementFromPoint((left + right) / 2, clientY)
  }
  while (over && over.parentElement !== view.dom) over = over.parentElement
  return over
}

function select(view: EditorView, place: number): void {
  const { doc, tr } = view.state
  const pos = positionOf(doc, place)
  const isText = doc.child(place).isTextblock
  view.dispatch(
    tr.setSelection(isText ? TextSelection.create(doc, pos + 1) : NodeSelection.create(doc, pos))
  )
}

export function handle(): Plugin {
  let shown: Handle | null = null
  return new Plugin({
    view(view) {
      shown = new Handle(view)
      return shown
    },
    props: {
      handleDrop: (_view, event, slice) => shown?.drop(event, slice) ?? false
    }
  })
}

/** Following somebody: the page goes where their caret is, until one does something oneself. */

import { effect, signal } from '@preact/signals'
import { Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import { reveal } from '../overview/scrolling'

/** What ends it. Clicks on the signs of people are about following itself. */
const OWN_DEEDS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
const KEYS_OF_NO_DEED = ['Shift', 'Control', 'Alt', 'Meta', 'Tab']

export class Follower {
  /** The client id of whoever is followed. */
  readonly followed = signal<number | null>(null)
  #view: EditorView | null = null
  #frame = 0

  constructor(private readonly awareness: Awareness) {
    effect(() => {
      const change = this.followed.value === null ? 'removeEventListener' : 'addEventListener'
      for (const deed of OWN_DEEDS)
        window[change](deed, this.#did, { passive: true, capture: true })
    })
  }

  /** Begin to follow somebody, or end it if they are followed already. */
  toggle(client: number): void {
    this.followed.value = this.followed.peek() === client ? null : client
    this.#moved()
  }

  plugin(): Plugin {
    return new Plugin({
      view: (view) => {
        this.#view = view
        // Carets are drawn with the text.
        return { update: () => this.#moved() }
      }
    })
  }

  #did = (event: Event): void => {
    if (event instanceof KeyboardEvent && KEYS_OF_NO_DEED.includes(event.key)) return
    const isAboutPeople = event.target instanceof Element && event.target.closest('.people')
    const isEscape = event instanceof KeyboardEvent && event.key === 'Escape'
    if (!isAboutPeople || isEscape) this.followed.value = null
  }

  #moved = (): void => {
    const client = this.followed.peek()
    if (client === null) return
    if (!this.awareness.getStates().has(client)) {
      this.followed.value = null
      return
    }
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => {
      const caret = this.#view?.dom.querySelector(`.caret[data-client="${client}"]`)
      if (!caret) return
      const { top, bottom } = caret.getBoundingClientRect()
      reveal(top, bottom)
    })
  }
}

/** The lazily loaded part: a document that is open. Knows the shell only by what it is given. */

import { effect, type Signal } from '@preact/signals'
import { Collaboration } from '../collab/provider'
import { type Person, Roster } from '../collab/roster'
import type { Saving } from '../collab/status'
import { isOurs, mirror } from './binding'
import { nameCarets, nameWhoMoves } from './carets'
import { lookAtCaret } from './lateness'
import { mount } from './view'

export interface Opened {
  readonly saving: Signal<Saving>
  readonly people: Signal<readonly Person[]>
  /** The client id under which this page writes. */
  readonly client: number
  focus(): void
  /** Return all that is written, as plain text. */
  text(): string
}

export interface Wish {
  readonly element: HTMLElement
  readonly url: string
  readonly document: string
  readonly copy: string
  readonly askWhoIsHere: () => Promise<readonly Person[]>
}

/** The document was made with another editor; this one would not keep all of it. */
export class MadeElsewhere extends Error {
  override name = 'MadeElsewhere'
}

/**
 * Open a document: `told` hears of it as soon as saving can be spoken of, and the promise is kept
 * once the text can be written in.
 */
export async function open(wish: Wish, told: (saving: Signal<Saving>) => void): Promise<Opened> {
  const collaboration = new Collaboration(wish)
  told(collaboration.saving)
  window.addEventListener('beforeunload', (event) => {
    if (collaboration.wouldLose()) event.preventDefault()
  })
  await collaboration.open()
  await collaboration.arrived
  const { doc, fragment, provider, writable } = collaboration
  if (!isOurs(fragment)) {
    collaboration.close()
    throw new MadeElsewhere()
  }
  const awareness = provider.awareness
  if (!awareness) throw new Error('the provider was made without presence')
  const roster = new Roster(awareness, wish.askWhoIsHere)
  const view = mount(wish.element, {
    fragment: writable.peek() ? fragment : mirror(doc, 'default'),
    awareness,
    roster,
    editable: () => writable.peek()
  })
  effect(() => {
    view.setProps({ editable: () => writable.peek() })
    return void writable.value
  })
  // Before what others did is taken into the text.
  provider.on('message', () => lookAtCaret(view))
  nameWhoMoves(view.dom, awareness)
  effect(() => {
    void roster.people.value
    nameCarets(view.dom, roster)
  })
  return {
    saving: collaboration.saving,
    people: roster.people,
    client: doc.clientID,
    focus: () => view.focus(),
    text: () => view.state.doc.textBetween(0, view.state.doc.content.size, '\n\n', '\n')
  }
}

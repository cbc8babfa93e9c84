/** The lazily loaded part: a document that is open. Knows the shell only by what it is given. */

import { effect, type Signal } from '@preact/signals'
import { type Leftover, leftovers } from '../collab/leftover'
import { forget } from '../collab/offline'
import { Collaboration, type Place, ROOT } from '../collab/provider'
import { Renames } from '../collab/renames'
import { type Person, Roster } from '../collab/roster'
import type { Saving } from '../collab/status'
import { Beginning } from './blocks/beginning'
import { Uploads } from './figures/uploads'
import { whoIsKnown } from './menus/mentions'
import { followAddress } from './overview/blocklinks'
import { Finder } from './overview/find'
import { Outline } from './overview/outline'
import { type Carried, carried } from './overview/rescue'
import { WordCount } from './overview/wordcount'
import { isOurs, mirror } from './together/binding'
import { nameCarets, nameWhoMoves } from './together/carets'
import { Follower } from './together/follow'
import { lookAtCaret } from './together/lateness'
import { removeTwins } from './together/twins'
import { mount } from './view'

export interface Opened {
  readonly saving: Signal<Saving>
  readonly people: Signal<readonly Person[]>
  /** The client id under which this page writes. */
  readonly client: number
  focus(): void
  /** What is written, to be carried away. */
  readonly carried: Carried
  /** What an earlier document of this address left here. */
  readonly left: readonly Left[]
  readonly renames: Renames
  readonly beginning: Beginning
  readonly outline: Outline
  readonly words: WordCount
  readonly finder: Finder
  readonly follower: Follower
}

export interface Left {
  readonly carried: Carried
  forget(): Promise<void>
}

export interface Wish extends Place {
  readonly element: HTMLElement
  /** How the names of this document's copies on the device begin. */
  readonly copies: string
  readonly fileBytesMax: number
  readonly askWhoIsHere: () => Promise<readonly Person[]>
  readonly askWhoWrote: () => Promise<readonly string[]>
  /** Make a new document, for text that has no other place. */
  readonly makePlace: () => Promise<Place>
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
  const renames = new Renames(provider)
  const beginning = new Beginning()
  const [outline, words, finder] = [new Outline(), new WordCount(), new Finder()]
  const follower = new Follower(awareness)
  const roster = new Roster(awareness, wish.askWhoIsHere)
  const uploads = new Uploads({ document: wish.document, bytesMax: wish.fileBytesMax })
  window.addEventListener('beforeunload', (event) => {
    if (uploads.pending) event.preventDefault()
  })
  const view = mount(wish.element, {
    fragment: writable.peek() ? fragment : mirror(doc, ROOT),
    awareness,
    roster,
    people: whoIsKnown(roster, doc.clientID, wish.askWhoWrote),
    uploads,
    editable: () => writable.peek(),
    onlookers: [
      beginning.plugin(),
      outline.plugin(),
      words.plugin(),
      finder.plugin(),
      follower.plugin()
    ]
  })
  effect(() => {
    view.setProps({ editable: () => writable.peek() })
    return void writable.value
  })
  removeTwins(fragment, () => writable.peek())
  effect(() => {
    if (collaboration.saving.value.kind === 'saved') uploads.connected()
  })
  // Before what others did is taken into the text.
  provider.beforeTaking = () => lookAtCaret(view)
  nameWhoMoves(view.dom, awareness)
  effect(() => {
    void roster.people.value
    nameCarets(view.dom, roster)
  })
  followAddress(outline)
  return {
    saving: collaboration.saving,
    people: roster.people,
    client: doc.clientID,
    focus: () => view.focus(),
    carried: carried(doc, ROOT, wish.makePlace, () => collaboration.rescued()),
    renames,
    beginning,
    outline,
    words,
    finder,
    follower,
    left: (await leftovers(wish.copies, wish.copy)).map((each) => leftOf(each, wish.makePlace))
  }
}

function leftOf({ name, doc }: Leftover, makePlace: () => Promise<Place>): Left {
  const gone = () => forget(name)
  return { carried: carried(doc, ROOT, makePlace, gone), forget: gone }
}

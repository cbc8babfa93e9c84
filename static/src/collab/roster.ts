/**
 * Who is in the document, on the server's word: names by session and by client id.
 *
 * Presence says when somebody came or left, and never who it is.
 */

import { type Signal, signal } from '@preact/signals'
import type { Awareness } from 'y-protocols/awareness'

const GATHER_MILLISECONDS = 150
const AGAIN_MILLISECONDS = 1000
const AGAIN_TIMES_MAX = 5
const HUES = 8
/** How far from one that is taken the next is sought; odd, so that all are come by. */
const HUES_APART = 3

export interface Person {
  readonly session: string
  readonly name: string
  /** What somebody is: a user, a guest, an agent. */
  readonly kind: string
  readonly client: number | null
}

export class Roster {
  readonly people: Signal<readonly Person[]> = signal([])
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0

  constructor(
    private readonly awareness: Awareness,
    private readonly ask: () => Promise<readonly Person[]>
  ) {
    awareness.on('change', this.#changed)
    this.refresh()
  }

  /** Ask anew, with what else happens in this moment. */
  refresh(): void {
    this.#tries = 0
    this.#askIn(GATHER_MILLISECONDS)
  }

  nameOf(client: number): string {
    const person = this.people.value.find((each) => each.client === client)
    return person ? called(person) : 'Somebody'
  }

  hueOf(client: number): number {
    const person = this.people.value.find((each) => each.client === client)
    return person ? (huesIn(this.people.value).get(keyOf(person)) ?? 0) : hueOf('Somebody')
  }

  close(): void {
    clearTimeout(this.#timer)
    this.awareness.off('change', this.#changed)
  }

  #changed = ({ added, removed }: { added: number[]; removed: number[] }): void => {
    if (added.length + removed.length > 0) this.refresh()
  }

  #askIn(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(), milliseconds)
  }

  async #ask(): Promise<void> {
    try {
      this.people.value = await this.ask()
    } catch {
      // Without a connection nobody is known to be there; with the next one this is asked again.
    }
    this.#tries += 1
    const named = new Set(this.people.value.map((each) => each.client))
    const nameless = [...this.awareness.getStates().keys()].some((client) => !named.has(client))
    if (nameless && this.#tries < AGAIN_TIMES_MAX) this.#askIn(AGAIN_MILLISECONDS)
  }
}

/** Return how somebody is called, with what they are if they are no user; a guest's name says so. */
export function called({ name, kind }: Person): string {
  return kind === 'user' || kind === 'guest' ? name : `${name} (${kind})`
}

/** Return what tells people apart: users by their name, whatever the window; guests by their stay. */
export function keyOf(person: Person): string {
  return person.kind === 'guest' ? person.session : called(person)
}

/**
 * Return in which colour each of these people is shown, by their key: no two in the same while there
 * are enough. The server tells everybody the same people in the same order.
 */
export function huesIn(people: readonly Person[]): ReadonlyMap<string, number> {
  const hues = new Map<string, number>()
  const taken = new Set<number>()
  for (const person of people) {
    const key = keyOf(person)
    if (hues.has(key)) continue
    let hue = hueOf(called(person))
    while (taken.has(hue) && taken.size < HUES) hue = (hue + HUES_APART) % HUES
    hues.set(key, hue)
    taken.add(hue)
  }
  return hues
}

/** Return in which colour somebody is shown alone; adapters/web/pages.py counts alike. */
export function hueOf(name: string): number {
  let number = 7
  for (const letter of name) number = (number * 31 + (letter.codePointAt(0) ?? 0)) % 997
  return number % HUES
}

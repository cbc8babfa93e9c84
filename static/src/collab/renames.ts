/**
 * That somebody gave the document another title, told through presence. What the title is, is asked
 * of the server: nobody's word is taken for it.
 */

import { signal } from '@preact/signals'
import type { Awareness } from 'y-protocols/awareness'

const FIELD = 'renamed'

export class Renames {
  /** From which version on the title is another; what others say of it is not checked. */
  readonly heard = signal(0)
  readonly #told = new Map<number, unknown>()

  constructor(private readonly awareness: Awareness) {
    awareness.on('change', this.#changed)
  }

  /** Tell the others. */
  tell(version: number): void {
    this.awareness.setLocalStateField(FIELD, version)
  }

  #changed = ({ updated, removed }: { updated: number[]; removed: number[] }): void => {
    for (const client of removed) this.#told.delete(client)
    for (const client of updated) {
      if (client === this.awareness.clientID) continue
      const said = this.awareness.getStates().get(client)?.[FIELD]
      if (this.#told.get(client) === said) continue
      this.#told.set(client, said)
      if (Number.isSafeInteger(said)) this.heard.value = said
    }
  }
}

/** Has something worked out about the text when it has changed, once in a while and in quiet. */

import { type EditorState, Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

const QUIET_MILLISECONDS = 250

/** Looks at the text while somebody wants to know; otherwise writing costs nothing. */
export class Lookout {
  #view: EditorView | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #isWanted = false

  /** `concerns` tells if a change is one; `look` may take a few milliseconds. */
  constructor(
    private readonly concerns: (before: EditorState, after: EditorState) => boolean,
    private readonly look: (view: EditorView) => void
  ) {}

  /** Begin to look, or end it. */
  want(isWanted: boolean): void {
    this.#isWanted = isWanted
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (isWanted && this.#view) this.look(this.#view)
  }

  get view(): EditorView | null {
    return this.#view
  }

  plugin(): Plugin {
    return new Plugin({
      view: (view) => {
        this.#view = view
        return {
          update: (now, before) => {
            if (this.#isWanted && this.concerns(before, now.state)) this.#soon()
          },
          destroy: () => this.want(false)
        }
      }
    })
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.#view) this.look(this.#view)
    }, QUIET_MILLISECONDS)
  }
}

/** What was just done, said at the edge of the page for a while, and undone from there. */

const SHOWN_MS = 12_000

export class Toast {
  private readonly element = document.createElement('div')
  private undo: (() => void) | null = null
  private timer = 0

  constructor() {
    this.element.className = 'toast'
    this.element.setAttribute('role', 'status')
    this.element.hidden = true
    // It is there before it says anything: else screen readers would not hear it.
    document.body.append(this.element)
    for (const name of ['pointerenter', 'focusin']) {
      this.element.addEventListener(name, () => clearTimeout(this.timer))
    }
    for (const name of ['pointerleave', 'focusout']) {
      this.element.addEventListener(name, () => this.hideLater())
    }
  }

  show(words: string, undo: (() => void) | null = null): void {
    this.undo = undo
    const text = document.createElement('p')
    text.textContent = words
    this.element.replaceChildren(text)
    if (undo) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = 'Undo'
      button.addEventListener('click', () => this.undoIt())
      this.element.append(button)
    }
    this.element.hidden = false
    this.hideLater()
  }

  /** Undo what is spoken of; return whether there was anything. */
  undoIt(): boolean {
    const undo = this.undo
    this.hide()
    undo?.()
    return undo !== null
  }

  private hide(): void {
    clearTimeout(this.timer)
    this.undo = null
    this.element.hidden = true
  }

  private hideLater(): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.hide(), SHOWN_MS)
  }
}

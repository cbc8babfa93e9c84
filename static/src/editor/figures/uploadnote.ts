/** What is seen of a file on its way: a picture of it, how far it is, and what went wrong. */

import type { NotKept } from '../../collab/files'

let count = 0

export class UploadNote {
  readonly element = document.createElement('div')
  /** Tells it from all others. */
  readonly name = `upload-${++count}`
  readonly #words = document.createElement('span')
  readonly #bar = document.createElement('progress')
  readonly #again = button('Try again')
  readonly #drop = button('Remove')
  #address: string | null = null

  constructor(
    private readonly title: string,
    again: () => void,
    drop: () => void
  ) {
    this.element.className = 'upload'
    this.element.contentEditable = 'false'
    this.element.setAttribute('role', 'group')
    this.element.setAttribute('aria-label', title)
    this.#words.className = 'words'
    this.#words.setAttribute('role', 'status')
    this.#bar.setAttribute('aria-label', `Sending ${title}`)
    this.#again.addEventListener('click', again)
    this.#drop.addEventListener('click', drop)
    this.element.append(this.#words, this.#bar, this.#again, this.#drop)
    this.wait()
  }

  wait(): void {
    this.element.dataset.state = 'sending'
    this.#words.textContent = `Sending ${this.title}`
    this.#bar.removeAttribute('value')
    this.#again.hidden = true
    this.#bar.hidden = false
  }

  /** Show the picture meanwhile, if it is one. */
  show(blob: Blob, isPicture: boolean): void {
    if (!isPicture || this.#address !== null || !/^image\/(?!svg)/.test(blob.type)) return
    this.#address = URL.createObjectURL(blob)
    const image = document.createElement('img')
    image.src = this.#address
    image.alt = ''
    this.element.prepend(image)
  }

  progress(part: number): void {
    this.#bar.value = part
  }

  fail({ message, isAway, isForGood }: NotKept): void {
    this.element.dataset.state = 'failed'
    const later = isAway ? ' It is sent when the connection is back, while this page is open.' : ''
    this.#words.textContent = `${this.title} was not sent. ${message}${later}`
    this.#bar.hidden = true
    this.#again.hidden = isForGood
  }

  done(): void {
    if (this.#address !== null) URL.revokeObjectURL(this.#address)
    this.#address = null
  }
}

function button(words: string): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = words
  return made
}

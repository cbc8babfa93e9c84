/** Filtering as one types: asked for at a pause; what was asked for before is not shown any more. */

import type { List } from './list'

const PAUSE_MS = 120
const USUAL_ORDER = 'edited'

export class Filter {
  readonly input: HTMLInputElement
  private readonly form: HTMLFormElement
  private readonly list: List
  private timer = 0
  private settling: Promise<void> = Promise.resolve()

  constructor(form: HTMLFormElement, list: List) {
    this.form = form
    this.list = list
    this.input = form.querySelector('#filter') as HTMLInputElement
    this.input.addEventListener('input', () => {
      clearTimeout(this.timer)
      this.timer = window.setTimeout(() => this.apply(), PAUSE_MS)
    })
    form.addEventListener('change', (event) => {
      if (event.target !== this.input) this.apply()
    })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      this.apply()
    })
  }

  /** Return when the list shows what is typed. */
  async settled(): Promise<void> {
    if (this.timer) this.apply()
    await this.settling
  }

  clear(): void {
    this.input.value = ''
    this.apply()
  }

  private apply(): void {
    clearTimeout(this.timer)
    this.timer = 0
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(this.form)) {
      const words = String(value).trim()
      if (words && !(name === 'order' && words === USUAL_ORDER)) query.set(name, words)
    }
    const address = query.size ? `/?${query}` : '/'
    history.replaceState(null, '', address)
    this.settling = this.list.show().then((isNewest) => {
      if (!isNewest) return
      if (query.has('filter')) this.list.tell()
      else this.list.tellNothing()
    })
  }
}

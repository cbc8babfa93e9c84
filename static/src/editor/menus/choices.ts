/** A list to choose from while one types: shown beside the caret, which stays in the text. */

import { groupOf } from './groups'
import { type Icon, icon } from './icons'
import { keysShown } from './keynames'
import { placeBeside, type Spot, whenMoved } from './placing'

export interface Choice {
  readonly name: string
  readonly group: string
  readonly icon: Icon
  readonly keys?: string | undefined
  readonly markdown?: string | undefined
}

/** It stays below what one writes while so much of it can be seen: what is above is what one reads. */
const HEIGHT_LEAST = 160

export const LIST_ID = 'choices'

export function optionId(number: number): string {
  return `${LIST_ID}-${number}`
}

export class ChoiceList {
  readonly #list: HTMLElement
  #shown: readonly Choice[] = []
  #unwatch: (() => void) | null = null

  constructor(
    parent: HTMLElement,
    private readonly choose: (number: number) => void,
    private readonly point: (number: number) => void
  ) {
    this.#list = document.createElement('div')
    this.#list.id = LIST_ID
    this.#list.className = 'floating choices'
    this.#list.setAttribute('role', 'listbox')
    this.#list.popover = 'manual'
    // It scrolls, so it can be reached; while one types, Tab chooses.
    this.#list.tabIndex = 0
    // The caret stays where it is.
    this.#list.addEventListener('mousedown', (event) => event.preventDefault())
    this.#list.addEventListener('click', (event) => this.#numbered(event, this.choose))
    this.#list.addEventListener('pointermove', (event) => this.#numbered(event, this.point))
    parent.append(this.#list)
  }

  /** Show these, grouped unless they are sorted by how near they come to what is sought. */
  show(label: string, choices: readonly Choice[], active: number, spot: () => Spot): void {
    if (choices !== this.#shown) {
      this.#list.setAttribute('aria-label', label)
      this.#list.replaceChildren(...grouped(choices.map(optionOf), choices))
      this.#shown = choices
    }
    this.#list.querySelector('[aria-selected="true"]')?.setAttribute('aria-selected', 'false')
    if (this.#unwatch === null) {
      this.#list.showPopover()
      this.#unwatch = whenMoved(() => placeBeside(this.#list, spot(), 'below', HEIGHT_LEAST))
    }
    const option = this.#list.querySelector(`#${optionId(active)}`)
    option?.setAttribute('aria-selected', 'true')
    placeBeside(this.#list, spot(), 'below', HEIGHT_LEAST)
    option?.scrollIntoView({ block: 'nearest' })
  }

  hide(): void {
    if (this.#unwatch === null) return
    this.#unwatch()
    this.#unwatch = null
    this.#shown = []
    this.#list.hidePopover()
    this.#list.replaceChildren()
  }

  destroy(): void {
    this.hide()
    this.#list.remove()
  }

  #numbered(event: Event, use: (number: number) => void): void {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]')
    if (option) use(Number(option.dataset.number))
  }
}

function optionOf(choice: Choice, number: number): HTMLElement {
  const option = document.createElement('div')
  option.id = optionId(number)
  option.className = 'choice'
  option.dataset.number = String(number)
  option.setAttribute('role', 'option')
  option.setAttribute('aria-selected', 'false')
  const name = document.createElement('span')
  name.className = 'name'
  name.dir = 'auto'
  name.textContent = choice.name
  option.append(icon(choice.icon), name)
  const hint = choice.markdown ?? (choice.keys && keysShown(choice.keys))
  if (hint) {
    const kbd = document.createElement('kbd')
    kbd.textContent = hint
    option.append(kbd)
  }
  return option
}

/** Neighbours of one group stand under its name. */
function grouped(options: HTMLElement[], choices: readonly Choice[]): HTMLElement[] {
  const groups: HTMLElement[] = []
  for (const [number, option] of options.entries()) {
    const name = choices[number]?.group ?? ''
    if (groups.at(-1)?.getAttribute('aria-label') !== name) groups.push(groupOf(name))
    groups.at(-1)?.append(option)
  }
  return groups
}

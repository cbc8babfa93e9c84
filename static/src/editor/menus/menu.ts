/** A menu that a button opens: by keyboard as menus are, gone with a click elsewhere. */

import { groupOf } from './groups'
import { type Icon, icon } from './icons'
import { keysShown } from './keynames'
import { placeBeside, type Side, type Spot } from './placing'

export interface MenuItem {
  readonly name: string
  readonly icon: Icon
  readonly keys?: string | undefined
  /** Whether it is chosen already, where one of several is. */
  readonly checked?: boolean
  run(): void
}

export interface MenuGroup {
  readonly name: string
  readonly items: readonly MenuItem[]
}

export interface Menu {
  readonly label: string
  readonly groups: readonly MenuGroup[]
  readonly spot: Spot
  readonly side?: Side
  /** Where the focus goes when it closes. */
  done(): void
}

/** Open a menu inside an element, with the focus in it. */
export function openMenu(parent: HTMLElement, { label, groups, spot, side, done }: Menu): void {
  const menu = document.createElement('div')
  menu.className = 'floating menu'
  menu.setAttribute('role', 'menu')
  menu.setAttribute('aria-label', label)
  menu.popover = 'auto'
  const close = () => {
    // First, or the browser would give the focus back to where it was while it hides this.
    done()
    menu.hidePopover()
  }
  const choose = (item: MenuItem) => {
    close()
    item.run()
  }
  menu.append(
    ...groups.map(({ name, items }) =>
      groupOf(name, ...items.map((item) => buttonOf(item, choose)))
    )
  )
  menu.addEventListener('keydown', (event) => pressed(menu, event, close))
  menu.addEventListener('pointermove', ({ target }) => {
    if (target instanceof Element) target.closest<HTMLElement>('button')?.focus()
  })
  menu.addEventListener('toggle', ({ newState }) => {
    if (newState === 'closed') menu.remove()
  })
  parent.append(menu)
  menu.showPopover()
  placeBeside(menu, spot, side)
  const items = itemsOf(menu)
  const chosen = items.find((item) => item.ariaChecked === 'true')
  const first = items[0]?.ariaChecked ? (chosen ?? items[0]) : items[0]
  first?.focus()
}

function itemsOf(menu: HTMLElement): HTMLButtonElement[] {
  return [...menu.querySelectorAll('button')]
}

function buttonOf(item: MenuItem, choose: (item: MenuItem) => void): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'choice'
  button.setAttribute('role', item.checked === undefined ? 'menuitem' : 'menuitemradio')
  if (item.checked !== undefined) button.setAttribute('aria-checked', String(item.checked))
  const name = document.createElement('span')
  name.className = 'name'
  name.textContent = item.name
  button.append(icon(item.icon), name)
  if (item.keys) {
    const kbd = document.createElement('kbd')
    kbd.textContent = keysShown(item.keys)
    button.append(kbd)
  }
  button.addEventListener('click', () => choose(item))
  return button
}

function pressed(menu: HTMLElement, event: KeyboardEvent, close: () => void): void {
  const items = itemsOf(menu)
  const at = items.indexOf(document.activeElement as HTMLButtonElement)
  const next = nextOf(items, at, event.key)
  if (next) next.focus()
  else if (event.key === 'Tab' || event.key === 'Escape') close()
  else return
  event.preventDefault()
}

function nextOf(items: HTMLButtonElement[], at: number, key: string) {
  switch (key) {
    case 'ArrowDown':
      return items[(at + 1) % items.length]
    case 'ArrowUp':
      return items[(at + items.length - 1) % items.length]
    case 'Home':
      return items[0]
    case 'End':
      return items.at(-1)
    default:
      return key.length === 1 && key !== ' ' ? named(items, at, key) : undefined
  }
}

/** Return the next item that begins with a letter. */
function named(items: HTMLButtonElement[], at: number, letter: string) {
  const others = [...items.slice(at + 1), ...items.slice(0, at + 1)]
  return others.find((item) => item.textContent?.toLowerCase().startsWith(letter.toLowerCase()))
}

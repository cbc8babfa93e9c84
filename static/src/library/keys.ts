/** The library by keyboard alone. Whoever types in a field types, but for what is said here. */

import { isLetter, letterKeysWork } from '../app/letterkeys'
import type { Doing } from './doing'
import type { Filter } from './filter'
import type { List } from './list'
import { focusRow, rowOf, rowsIn } from './rows'
import type { Toast } from './toast'

interface Parts {
  readonly list: List
  readonly doing: Doing
  readonly toast: Toast
  readonly filter: Filter | null
}

/** More keys than these nobody presses before a list comes. */
const AHEAD_MAX = 50

export function listenToKeys(parts: Parts): void {
  const crossing = new Crossing(parts)
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const does = isField(event.target) ? inField(event, parts, crossing) : onPage(event, parts)
    if (!does) return
    event.preventDefault()
    does()
  })
}

/** The way from the field into a list that has not come yet: keys go ahead, and are done there. */
class Crossing {
  #ahead: KeyboardEvent[] | null = null

  constructor(private readonly parts: Parts) {}

  begin(filter: Filter): void {
    this.#ahead = []
    filter.settled().then(() => this.#arrive(filter))
  }

  /** Return what a key in the field does while one is on the way, if one is. */
  keep(event: KeyboardEvent): Act {
    if (event.key === 'Tab' || event.key === 'Escape') this.#ahead = null
    const ahead = this.#ahead
    return ahead ? () => void (ahead.length < AHEAD_MAX && ahead.push(event)) : undefined
  }

  #arrive(filter: Filter): void {
    const ahead = this.#ahead
    this.#ahead = null
    const [first] = rowsIn(this.parts.list.element)
    if (!ahead || !first || document.activeElement !== filter.input) return
    focusRow(first)
    for (const event of ahead) {
      // A title that is being written is not made of keys that were meant for the list.
      if (isField(document.activeElement)) return
      if (event.key === 'Enter') followLink()
      else onPage(event, this.parts)?.()
    }
  }
}

/** Do what Enter does by itself. */
function followLink(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.click()
}

type Act = (() => void) | undefined

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, select, textarea')
}

function inField(event: KeyboardEvent, { list, filter }: Parts, crossing: Crossing): Act {
  if (!filter || event.target !== filter.input || hasModifier(event)) return undefined
  const kept = crossing.keep(event)
  if (kept) return kept
  switch (event.key) {
    case 'ArrowDown':
      return () => crossing.begin(filter)
    case 'Enter':
      if (!filter.input.value.trim()) return undefined
      return () => filter.settled().then(() => openFirst(list))
    case 'Escape':
      if (filter.input.value) return () => filter.clear()
      return () => focusRow(rowsIn(list.element)[0])
    default:
      return undefined
  }
}

/** Open what was found first; if nothing was, the button that creates it is next. */
function openFirst(list: List): void {
  const [row] = rowsIn(list.element)
  if (row) row.querySelector<HTMLElement>('.open')?.click()
  else list.element.querySelector<HTMLElement>('[data-does="create"] button')?.focus()
}

function onPage(event: KeyboardEvent, parts: Parts): Act {
  const { filter, toast } = parts
  if ((event.ctrlKey || event.metaKey) && event.key === 'z') return () => toast.undoIt()
  if (hasModifier(event) || (isLetter(event) && !letterKeysWork())) return undefined
  if (event.key === '/' && filter) return () => filter.input.select()
  if (event.key === 'n') return begins()
  return inList(event, parts)
}

function begins(): Act {
  const form = document.querySelector<HTMLFormElement>('#new')
  return form ? () => form.requestSubmit() : undefined
}

function inList(event: KeyboardEvent, { list, doing, filter }: Parts): Act {
  const rows = rowsIn(list.element)
  const row = rowOf(document.activeElement)
  if (!row) return isDown(event.key) && isNowhere() ? () => focusRow(rows[0]) : undefined
  const at = rows.indexOf(row)
  if (at === 0 && event.key === 'ArrowUp') return () => filter?.input.focus()
  const to = goesTo(event.key, at, rows.length)
  if (to !== undefined) return () => focusRow(rows[to])
  return doing.mayWrite ? onRow(event.key, row, doing) : undefined
}

function isDown(key: string): boolean {
  return key === 'ArrowDown' || key === 'j'
}

/** Return which row a key leads to. */
function goesTo(key: string, at: number, count: number): number | undefined {
  if (isDown(key)) return Math.min(at + 1, count - 1)
  if (key === 'ArrowUp' || key === 'k') return Math.max(at - 1, 0)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : undefined
}

function onRow(key: string, row: HTMLLIElement, doing: Doing): Act {
  if (key === 'F2') {
    const link = row.querySelector('[data-does="rename"]')
    return link ? () => doing.beginRenaming(row) : undefined
  }
  const canBeTrashed = row.querySelector('[data-does="trash"]')
  return key === 'Delete' && canBeTrashed ? () => doing.moveToTrash(row) : undefined
}

/** Whether the keyboard is at nothing in particular. */
function isNowhere(): boolean {
  const active = document.activeElement
  return active === null || active === document.body || active.id === 'main'
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey
}

/** The rows of the list: which one is current, and how new ones take the place of old ones. */

import { sayTimes } from './ago'

/** What the server said of a row, before anything here was done to it. */
const told = new WeakMap<Element, string>()

export function rowsIn(within: ParentNode): HTMLLIElement[] {
  return [...within.querySelectorAll<HTMLLIElement>('li[data-document]')]
}

export function rowOf(element: Element | null): HTMLLIElement | null {
  return element?.closest<HTMLLIElement>('li[data-document]') ?? null
}

export function rowNamed(within: ParentNode, id: string): HTMLLIElement | undefined {
  return rowsIn(within).find((row) => row.dataset.document === id)
}

/** Return what a row is called on screen. */
export function titleOf(row: HTMLLIElement): string {
  return row.querySelector('.open')?.textContent ?? ''
}

export function focusRow(row: HTMLLIElement | null | undefined): void {
  const link = row?.querySelector<HTMLElement>('.open')
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
}

/** Have Tab stop at one row alone, and in it at all that can be done. */
export function rove(list: HTMLElement): void {
  const rows = rowsIn(list)
  const held = rowOf(document.activeElement)
  const isCurrent = (row: HTMLLIElement) => row.dataset.current !== undefined
  const current = held ?? rows.find(isCurrent) ?? rows[0]
  for (const row of rows) {
    if (row === current) row.dataset.current = ''
    else delete row.dataset.current
    for (const each of row.querySelectorAll<HTMLElement>('a, button')) {
      each.tabIndex = row === current ? 0 : -1
    }
  }
}

export function remember(list: ParentNode): void {
  for (const row of rowsIn(list)) told.set(row, row.outerHTML)
}

/** Have rows that are there say what new ones say; return all that are wanted, old where known. */
export function merged(list: HTMLElement, wanted: ParentNode): HTMLLIElement[] {
  const known = new Map(rowsIn(list).map((row) => [row.dataset.document, row]))
  return rowsIn(wanted).map((fresh) => {
    const html = fresh.outerHTML
    const row = known.get(fresh.dataset.document)
    if (!row || row.querySelector('.rename')) {
      told.set(fresh, html)
      return row ?? fresh
    }
    if (told.get(row) !== html) replaceInside(row, fresh)
    told.set(row, html)
    return row
  })
}

function replaceInside(row: HTMLLIElement, fresh: HTMLLIElement): void {
  const active = document.activeElement
  const name = active && row.contains(active) ? nameOf(active) : null
  row.dataset.title = fresh.dataset.title ?? ''
  row.replaceChildren(...fresh.childNodes)
  sayTimes(row)
  if (name === null) return
  const all = [...row.querySelectorAll<HTMLElement>('a, button')]
  const same = all.find((each) => nameOf(each) === name) ?? all[0]
  same?.focus({ preventScroll: true })
}

/** Return what a link or a button of a row is for. */
function nameOf(element: Element): string {
  const does = element.closest<HTMLElement>('[data-does]')?.dataset.does
  return does ?? element.getAttribute('href') ?? ''
}

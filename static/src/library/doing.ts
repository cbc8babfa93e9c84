/** What is done to documents in the list: into the trash and out of it, and another title. */

import { rename, restore, trash } from '../app/api'
import type { List } from './list'
import { focusRow, rowsIn, titleOf } from './rows'
import type { Toast } from './toast'

export class Doing {
  private readonly list: List
  private readonly toast: Toast

  constructor(list: List, toast: Toast) {
    this.list = list
    this.toast = toast
    list.element.addEventListener('submit', (event) => this.heardOfForm(event))
    list.element.addEventListener('click', (event) => this.heardOfClick(event))
  }

  get mayWrite(): boolean {
    return this.list.element.dataset.mayWrite !== undefined
  }

  async moveToTrash(row: HTMLLIElement): Promise<void> {
    const title = titleOf(row)
    const id = row.dataset.document ?? ''
    await this.tryTo(async () => {
      const version = await trash(id)
      this.takeOut(row)
      this.toast.show(`“${title}” is in the trash now`, () => this.undoTrash(id))
      await this.list.show({ document: id, version })
    })
  }

  async restore(row: HTMLLIElement): Promise<void> {
    const title = titleOf(row)
    const id = row.dataset.document ?? ''
    await this.tryTo(async () => {
      const version = await restore(id)
      this.takeOut(row)
      this.toast.show(`“${title}” is among the documents again`)
      await this.list.show({ document: id, version })
    })
  }

  /** Have a row's title written anew in its place. */
  beginRenaming(row: HTMLLIElement): void {
    const heading = row.querySelector('h2')
    if (!heading || !this.mayWrite) return
    const known = row.dataset.title ?? ''
    const form = document.createElement('form')
    const input = document.createElement('input')
    form.className = 'rename'
    Object.assign(input, { value: known, placeholder: titleOf(row), maxLength: 300, dir: 'auto' })
    input.setAttribute('aria-label', 'Title')
    form.append(input)
    heading.replaceWith(form)
    input.select()
    let isDone = false
    const end = (save: boolean, stay: boolean) => {
      if (isDone) return
      isDone = true
      form.replaceWith(heading)
      const wanted = input.value.trim()
      if (stay) focusRow(row)
      if (save && wanted !== known) this.rename(row, wanted)
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      event.stopPropagation()
      end(true, true)
    })
    input.addEventListener('blur', () => end(true, false))
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') end(false, true)
      event.stopPropagation()
    })
  }

  private async rename(row: HTMLLIElement, title: string): Promise<void> {
    const id = row.dataset.document ?? ''
    const link = row.querySelector('.open bdi')
    const before = link?.textContent ?? ''
    if (link && title) link.textContent = title
    const done = await this.tryTo(async () => {
      const version = await rename(id, title)
      await this.list.show({ document: id, version })
    })
    if (!done && link) link.textContent = before
  }

  private async undoTrash(id: string): Promise<void> {
    await this.tryTo(async () => {
      const version = await restore(id)
      await this.list.show({ document: id, version })
      focusRow(this.list.row(id))
    })
  }

  /** Take a row out, and have the one behind it take its focus. */
  private takeOut(row: HTMLLIElement): void {
    const rows = rowsIn(this.list.element)
    const at = rows.indexOf(row)
    const wasHeld = row.contains(document.activeElement)
    row.remove()
    if (!wasHeld) return
    const next = rows[at + 1] ?? rows[at - 1]
    if (next) focusRow(next)
    else document.getElementById('main')?.focus()
  }

  private async tryTo(act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      return true
    } catch (error) {
      this.toast.show((error as Error).message)
      return false
    }
  }

  private heardOfForm(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement
    const row = form.closest<HTMLLIElement>('li[data-document]')
    const act = { trash: this.moveToTrash, restore: this.restore }[form.dataset.does ?? '']
    if (!row || !act) return
    event.preventDefault()
    act.call(this, row)
  }

  private heardOfClick(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLElement>('a[data-does="rename"]')
    const row = link?.closest<HTMLLIElement>('li[data-document]')
    if (!row || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    this.beginRenaming(row)
  }
}

/** The sheet of shortcuts: one table of what keys do, and the dialog that shows it. */

import { bindLetterKeys } from '../../app/letterkeys'
import { BLOCK_MENU_KEY } from './blockmenu'
import { THINGS } from './catalogue'
import { keysShown } from './keynames'

interface Shortcut {
  readonly name: string
  /** Combinations as in keymap.ts; any of them does it. */
  readonly keys: readonly string[]
  /** What is typed at the beginning of a block for it. */
  readonly markdown?: string | undefined
}

interface Section {
  readonly name: string
  readonly shortcuts: readonly Shortcut[]
}

const key = (name: string, ...keys: string[]): Shortcut => ({ name, keys })

export const SHEET: readonly Section[] = [
  {
    name: 'Anywhere',
    shortcuts: [
      key('Insert', '/'),
      key('Mention somebody', '@'),
      key('Undo', 'Mod-z'),
      key('Redo', 'Mod-Shift-z', 'Mod-y'),
      key('Paste the words alone', 'Mod-Shift-v'),
      key('Find and replace', 'Mod-f'),
      key('To the toolbar', 'Alt-F10'),
      key('Menu of the block', BLOCK_MENU_KEY),
      key('Out of the text', 'Escape'),
      key('This sheet', 'Mod-/', '?')
    ]
  },
  {
    name: 'Words',
    shortcuts: [
      key('Bold', 'Mod-b'),
      key('Italic', 'Mod-i'),
      key('Underline', 'Mod-u'),
      key('Strike through', 'Mod-Shift-x'),
      key('Highlight', 'Mod-Shift-h'),
      key('Code', 'Mod-e'),
      key('Link', 'Mod-k')
    ]
  },
  {
    name: 'Blocks',
    shortcuts: [
      key('Move up', 'Alt-ArrowUp'),
      key('Move down', 'Alt-ArrowDown'),
      key('Indent; to the next cell', 'Tab'),
      key('Outdent; to the cell before', 'Shift-Tab'),
      key('Select all; first, all of the code', 'Mod-a'),
      key('Duplicate', 'Mod-d'),
      key('Delete', 'Mod-Shift-Backspace'),
      key('Break the line', 'Shift-Enter'),
      key('Check a task, fold a toggle, leave code', 'Mod-Enter')
    ]
  },
  {
    name: 'What a block is',
    shortcuts: THINGS.filter(({ keys, markdown }) => keys || markdown).map(
      ({ name, keys, markdown }) => ({ name, keys: keys ? [keys] : [], markdown })
    )
  }
]

/** Show the sheet; with Escape, a click beside it or its button it goes. */
export function showSheet(): void {
  if (document.querySelector('.sheet')) return
  const dialog = document.createElement('dialog')
  dialog.className = 'sheet'
  dialog.setAttribute('aria-labelledby', 'sheet-title')
  dialog.innerHTML = `
    <header><h2 id="sheet-title">Keyboard shortcuts</h2><button type="button">Close</button></header>
    <div class="sections" tabindex="0" role="group" aria-labelledby="sheet-title"></div>
    <footer><label><input type="checkbox"> Letters and signs alone work as keys, where one does not write</label></footer>`
  dialog.querySelector('.sections')?.append(...SHEET.map(sectionOf))
  const box = dialog.querySelector('input')
  if (box) bindLetterKeys(box)
  dialog.querySelector('button')?.addEventListener('click', () => dialog.close())
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

function sectionOf({ name, shortcuts }: Section): HTMLElement {
  const section = document.createElement('section')
  const heading = document.createElement('h3')
  heading.textContent = name
  const list = document.createElement('dl')
  list.append(...shortcuts.map(rowOf))
  section.append(heading, list)
  return section
}

function rowOf({ name, keys, markdown }: Shortcut): HTMLElement {
  const row = document.createElement('div')
  const term = document.createElement('dt')
  term.textContent = name
  row.append(term)
  for (const shown of [...(markdown ? [markdown] : []), ...keys.map(keysShown)]) {
    const described = document.createElement('dd')
    const kbd = document.createElement('kbd')
    kbd.textContent = shown
    described.append(kbd)
    row.append(described)
  }
  return row
}

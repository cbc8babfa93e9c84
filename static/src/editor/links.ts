/** Links: a key asks for the address, in a dialog of its own; a click with the key follows it. */

import { keymap } from 'prosemirror-keymap'
import { type Command, Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { link } from './commands'
import { safeLink } from './dom'
import { markType } from './schema'

const askForLink: Command = (state, _dispatch, view) => {
  if (state.selection.empty || !view?.editable) return false
  void ask(view, linkIn(view)).then((href) => {
    if (href !== null) link(href || null)(view.state, view.dispatch)
    view.focus()
  })
  return true
}

/** Return the address of the first link in the selection, or nothing. */
function linkIn(view: EditorView): string {
  const { from, to } = view.state.selection
  let href = ''
  view.state.doc.nodesBetween(from, to, (node) => {
    href ||= markType('link').isInSet(node.marks)?.attrs.href ?? ''
  })
  return href
}

/** Ask for an address; null if somebody thought better of it. */
function ask(view: EditorView, present: string): Promise<string | null> {
  const dialog = document.createElement('dialog')
  dialog.className = 'ask'
  dialog.innerHTML = `
    <form method="dialog">
      <label for="ask-address">Address of the link</label>
      <input id="ask-address" type="text" inputmode="url" autocomplete="off">
      <p class="wrong" role="alert"></p>
      <menu>
        <button type="button">Cancel</button>
        <button value="set">Set</button>
      </menu>
    </form>`
  const input = dialog.querySelector('input') as HTMLInputElement
  const wrong = dialog.querySelector('.wrong') as HTMLElement
  input.value = present
  view.dom.ownerDocument.body.append(dialog)
  dialog.querySelector('[type="button"]')?.addEventListener('click', () => dialog.close())
  dialog.addEventListener('submit', (event) => {
    if (safeLink(input.value) === null) {
      event.preventDefault()
      wrong.textContent = 'A link leads to a web page, a mail address or a telephone number.'
    }
  })
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      const isSet = dialog.returnValue === 'set'
      resolve(isSet ? withScheme(input.value.trim()) : null)
    })
  })
}

/** What looks like a host's name is one. */
function withScheme(address: string): string {
  return /^[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)/.test(address) ? `https://${address}` : address
}

function follow(event: MouseEvent): boolean {
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!anchor || !(event.ctrlKey || event.metaKey)) return false
  window.open((anchor as HTMLAnchorElement).href, '_blank', 'noopener,noreferrer')
  return true
}

export function links(): Plugin[] {
  return [
    keymap({ 'Mod-k': askForLink }),
    new Plugin({ props: { handleClick: (_view, _pos, event) => follow(event) } })
  ]
}

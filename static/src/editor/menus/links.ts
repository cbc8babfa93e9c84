/** Links: a key asks for the address, beside the words; a click with the key follows it. */

import { keymap } from 'prosemirror-keymap'
import {
  type Command,
  type EditorState,
  Plugin,
  PluginKey,
  TextSelection
} from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { link } from '../commands'
import { safeLink } from '../dom'
import { markType } from '../schema'
import { placeBeside } from './placing'

/** Whether an address is asked for: what it is for stays marked, without the focus. */
const asking = new PluginKey<boolean>('asking')

export const askForLink: Command = (state, _dispatch, view) => {
  if (!view?.editable) return false
  if (state.selection.empty) {
    const around = linkAround(state)
    if (around === null) return false
    view.dispatch(state.tr.setSelection(around))
  }
  const mark = (isAsking: boolean) => view.dispatch(view.state.tr.setMeta(asking, isAsking))
  mark(true)
  void ask(view, linkIn(view)).then((href) => {
    mark(false)
    if (href !== null) link(href || null)(view.state, view.dispatch)
    view.focus()
  })
  return true
}

/** Return the words of the link that the caret is in, or at. */
export function linkAround({ doc, selection: { $from } }: EditorState): TextSelection | null {
  const { parent } = $from
  const linkAt = (index: number) => markType('link').isInSet(parent.maybeChild(index)?.marks ?? [])
  const index = linkAt($from.index()) ? $from.index() : $from.indexAfter() - 1
  const mark = linkAt(index)
  if (!mark) return null
  let [first, last] = [index, index]
  while (linkAt(first - 1)?.eq(mark)) first -= 1
  while (linkAt(last + 1)?.eq(mark)) last += 1
  const [from, to] = [$from.posAtIndex(first), $from.posAtIndex(last + 1)]
  return TextSelection.create(doc, from, to)
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

/** Ask for an address beside what is selected; null if somebody thought better of it. */
function ask(view: EditorView, present: string): Promise<string | null> {
  const form = document.createElement('form')
  form.className = 'floating ask'
  form.popover = 'auto'
  form.innerHTML = `
    <label for="ask-address">Address of the link</label>
    <input id="ask-address" type="text" inputmode="url" autocomplete="off">
    <p class="wrong" role="alert"></p>
    <menu>
      <button type="button" class="remove">Remove</button>
      <button type="button" class="cancel">Cancel</button>
      <button>Set</button>
    </menu>`
  const part = <Part extends HTMLElement>(name: string) => form.querySelector(name) as Part
  const input = part<HTMLInputElement>('input')
  input.value = present
  part('.remove').hidden = present === ''
  view.dom.parentElement?.append(form)
  form.showPopover()
  const { from, to } = view.state.selection
  const { left, top } = view.coordsAtPos(from)
  placeBeside(form, { left, top, bottom: view.coordsAtPos(to).bottom })
  input.select()
  return new Promise((resolve) => {
    let answer: string | null = null
    const leave = (given: string | null) => {
      answer = given
      form.hidePopover()
    }
    part('.remove').addEventListener('click', () => leave(''))
    part('.cancel').addEventListener('click', () => leave(null))
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (safeLink(input.value) !== null) leave(withScheme(input.value.trim()))
      else
        part('.wrong').textContent =
          'A link leads to a web page, a mail address or a telephone number.'
    })
    form.addEventListener('toggle', ({ newState }) => {
      if (newState === 'open') return
      form.remove()
      resolve(answer)
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
    new Plugin<boolean>({
      key: asking,
      state: {
        init: () => false,
        apply: (tr, was) => tr.getMeta(asking) ?? was
      },
      props: {
        decorations(state) {
          const { from, to } = state.selection
          if (!asking.getState(state)) return null
          return DecorationSet.create(state.doc, [Decoration.inline(from, to, { class: 'asked' })])
        }
      }
    }),
    new Plugin({ props: { handleClick: (_view, _pos, event) => follow(event) } })
  ]
}

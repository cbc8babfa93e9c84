/** Where others are: a caret with a name for each, the name on the server's word. */

import { yCursorPlugin, yCursorPluginKey } from '@tiptap/y-tiptap'
import { Plugin } from 'prosemirror-state'
import { DecorationSet } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type { Roster } from '../../collab/roster'
import { whereabouts } from './whereabouts'

const NAMED_MILLISECONDS = 2000

export function carets(awareness: Awareness, roster: Roster): Plugin[] {
  return [
    yCursorPlugin(whereabouts(awareness), {
      cursorBuilder: (_user, client) => caretOf(client, roster),
      selectionBuilder: (_user, client) => ({
        class: `selection hue-${roster.hueOf(client)}`
      })
    }),
    drawnAgain()
  ]
}

/**
 * When blocks are made, moved or deleted here, the binding hides the carets of others until they say
 * where they are. The text knows where they are, as soon as it has what was done.
 */
function drawnAgain(): Plugin {
  return new Plugin({
    view: () => ({
      update(view, before) {
        const isHidden = yCursorPluginKey.getState(view.state) === DecorationSet.empty
        if (!isHidden || yCursorPluginKey.getState(before) === DecorationSet.empty) return
        queueMicrotask(() => {
          if (!view.isDestroyed)
            view.dispatch(view.state.tr.setMeta(yCursorPluginKey, { awarenessUpdated: true }))
        })
      }
    })
  })
}

/** Name the carets that are in the page by what is known now. */
export function nameCarets(page: HTMLElement, roster: Roster): void {
  for (const caret of page.querySelectorAll<HTMLElement>('.caret')) {
    const client = Number(caret.dataset.client)
    const flag = caret.querySelector<HTMLElement>('.flag')
    if (flag) flag.dataset.name = roster.nameOf(client)
    for (const each of [...caret.classList]) {
      if (each.startsWith('hue-')) caret.classList.remove(each)
    }
    caret.classList.add(`hue-${roster.hueOf(client)}`)
  }
}

/** Asked for the end of a line, a browser does not get past a caret of others at its beginning. */
export function endIsBehindCarets(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown(view, event) {
          if (event.key === 'End') stepOverCarets(view.dom.ownerDocument.getSelection())
          return false
        }
      }
    }
  })
}

function stepOverCarets(selection: Selection | null): void {
  const { anchorNode, anchorOffset = 0, focusNode, focusOffset = 0 } = selection ?? {}
  if (!anchorNode || !(focusNode instanceof Element)) return
  let behind = focusOffset
  while (isCaret(focusNode.childNodes[behind])) behind += 1
  if (behind === focusOffset) return
  if (selection?.isCollapsed) selection.collapse(focusNode, behind)
  else selection?.setBaseAndExtent(anchorNode, anchorOffset, focusNode, behind)
}

function isCaret(node: Node | undefined): boolean {
  return node instanceof Element && node.classList.contains('caret')
}

function caretOf(client: number, roster: Roster): HTMLElement {
  const name = roster.nameOf(client)
  const caret = document.createElement('span')
  caret.className = `caret hue-${roster.hueOf(client)}`
  caret.dataset.client = String(client)
  // Who reads the text aloud hears who is here from the bar, not between two letters.
  caret.setAttribute('aria-hidden', 'true')
  // No text, not even of no width: beside text that cannot be changed, a browser that is to write at
  // the start of a line writes at the end of the line before.
  const flag = document.createElement('span')
  flag.className = 'flag'
  flag.dataset.name = name
  caret.append(flag)
  nameForAWhile(caret)
  return caret
}

/** Have whoever moves named for a while; return what ends that. */
export function nameWhoMoves(page: HTMLElement, awareness: Awareness): () => void {
  const moved = ({ updated }: { updated: number[] }) => {
    for (const client of updated) {
      const caret = page.querySelector<HTMLElement>(`.caret[data-client="${client}"]`)
      if (caret) nameForAWhile(caret)
    }
  }
  awareness.on('change', moved)
  return () => awareness.off('change', moved)
}

const turning = new Set<HTMLElement>()

/** Have a name stand where it can be read, once the page is as it is going to be seen. */
function turnFlag(caret: HTMLElement): void {
  turning.add(caret)
  if (turning.size > 1) return
  requestAnimationFrame(() => {
    const sides = [...turning].map((each) => [each, sideOf(each)] as const)
    turning.clear()
    for (const [each, side] of sides) each.dataset.side = side
  })
}

/** Where a name is not cut off, neither by the bar above nor by what scrolls for itself. */
function sideOf(caret: HTMLElement): 'above' | 'below' | 'beside' {
  const line = caret.getBoundingClientRect()
  const height = caret.firstElementChild?.getBoundingClientRect().height ?? 0
  const box = caret.closest('table, pre')?.getBoundingClientRect()
  const bar = caret.ownerDocument.querySelector('.bar')?.getBoundingClientRect().bottom ?? 0
  if (line.top - height >= Math.max(bar, box?.top ?? 0)) return 'above'
  return box && line.bottom + height > box.bottom ? 'beside' : 'below'
}

const timers = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>()

function nameForAWhile(caret: HTMLElement): void {
  caret.classList.add('moved')
  turnFlag(caret)
  clearTimeout(timers.get(caret))
  timers.set(
    caret,
    setTimeout(() => caret.classList.remove('moved'), NAMED_MILLISECONDS)
  )
}

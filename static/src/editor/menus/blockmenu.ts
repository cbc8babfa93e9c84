/** What can be done with the block that the caret is in, or with all that are selected: a menu. */

import type { Command } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { duplicate, move, remove } from '../blocks/rearranging'
import { indent, selectedBlocks } from '../commands'
import { linkToBlock } from '../overview/blocklinks'
import { tell } from '../paste/telling'
import { KINDS, type Thing } from './catalogue'
import { type MenuGroup, type MenuItem, openMenu } from './menu'
import type { Spot } from './placing'

export const BLOCK_MENU_KEY = 'Alt-Enter'

/** Return what the selected blocks can be turned into, and what they are already. */
export function turns(view: EditorView): MenuItem[] {
  const blocks = selectedBlocks(view.state)
  return KINDS.filter(({ run }) => run(view.state)).map((thing: Thing) => ({
    name: thing.name,
    icon: thing.icon,
    keys: thing.keys,
    checked: blocks.every(({ node }) => thing.is?.(node)),
    run: () => thing.run(view.state, view.dispatch, view)
  }))
}

function groups(view: EditorView): MenuGroup[] {
  const item = (name: string, icon: MenuItem['icon'], command: Command, keys?: string) => ({
    name,
    icon,
    keys,
    run: () => command(view.state, view.dispatch, view)
  })
  const kinds = turns(view)
  const block: MenuGroup = {
    name: 'Block',
    items: [
      item('Move up', 'up', move(-1), 'Alt-ArrowUp'),
      item('Move down', 'down', move(1), 'Alt-ArrowDown'),
      item('Indent', 'indent', indent(1), 'Tab'),
      item('Outdent', 'outdent', indent(-1), 'Shift-Tab'),
      item('Duplicate', 'copy', duplicate, 'Mod-d'),
      ...linking(view),
      item('Delete', 'trash', remove, 'Mod-Shift-Backspace')
    ]
  }
  return kinds.length > 0 ? [block, { name: 'Turn into', items: kinds }] : [block]
}

/** Return what copies a link to the block; browsers let nothing be copied over plain HTTP. */
function linking(view: EditorView): MenuItem[] {
  const link = linkToBlock(view.state)
  if (!link || !navigator.clipboard) return []
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => tell(view, 'The link is copied.'),
      () => tell(view, `The browser does not let it be copied. This is the link: ${link}`)
    )
  return [{ name: 'Copy link', icon: 'link', run: () => void copy() }]
}

/** Open the menu beside a spot, or beside the caret. */
export function openBlockMenu(view: EditorView, spot?: Spot): void {
  openMenu(view.dom.parentElement ?? document.body, {
    label: 'Block',
    groups: groups(view),
    spot: spot ?? view.coordsAtPos(view.state.selection.from),
    done: () => view.focus()
  })
}

export const askForBlockMenu: Command = (_state, dispatch, view) => {
  if (!view?.editable) return false
  if (dispatch) openBlockMenu(view)
  return true
}

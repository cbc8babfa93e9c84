/** The toolbar of a table. */

import type { Command, EditorState } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { around, type Bar, type Control } from '../blocks/blockbar'
import { type Icon, icon } from '../menus/icons'
import {
  alignColumns,
  deleteColumns,
  deleteRows,
  deleteTable,
  insertColumn,
  insertRow,
  isHead,
  mergeOrSplit,
  toggleHead
} from './tables'

interface Button {
  readonly name: string
  readonly icon: Icon
  readonly run: Command
  readonly pressed?: (state: EditorState) => boolean
}

const BUTTONS: readonly Button[] = [
  { name: 'Row above', icon: 'rowAbove', run: insertRow('above') },
  { name: 'Row below', icon: 'rowBelow', run: insertRow('below') },
  { name: 'Column before', icon: 'columnBefore', run: insertColumn('before') },
  { name: 'Column after', icon: 'columnAfter', run: insertColumn('after') },
  {
    name: 'Header row',
    icon: 'headRow',
    run: toggleHead('row'),
    pressed: (state) => isHead(state, 'row')
  },
  {
    name: 'Header column',
    icon: 'headColumn',
    run: toggleHead('column'),
    pressed: (state) => isHead(state, 'column')
  },
  { name: 'Align to start', icon: 'alignStart', run: alignColumns(null) },
  { name: 'Center', icon: 'alignCenter', run: alignColumns('center') },
  { name: 'Align to end', icon: 'alignEnd', run: alignColumns('end') },
  { name: 'Merge or split cells', icon: 'merge', run: mergeOrSplit },
  { name: 'Delete row', icon: 'deleteRow', run: deleteRows },
  { name: 'Delete column', icon: 'deleteColumn', run: deleteColumns },
  { name: 'Delete table', icon: 'trash', run: deleteTable }
]

/** Return a button that does something to the block of its bar. */
export function barButton(view: EditorView, { name, icon: sign, run, pressed }: Button): Control {
  const element = document.createElement('button')
  element.type = 'button'
  element.title = name
  element.setAttribute('aria-label', name)
  element.append(icon(sign))
  element.addEventListener('click', () => {
    const hadFocus = element.contains(document.activeElement)
    run(view.state, view.dispatch, view)
    if (!hadFocus || !element.isConnected) view.focus()
  })
  return {
    element,
    update(state) {
      if (pressed) element.setAttribute('aria-pressed', String(pressed(state)))
    }
  }
}

export const tableBar: Bar = {
  label: 'Table',
  find: (state) => around(state, ({ type }) => type.spec.tableRole === 'table'),
  controls: (view) => BUTTONS.map((button) => barButton(view, button))
}

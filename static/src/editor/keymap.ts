/** Which keys do what. */

import { redo, undo } from '@tiptap/y-tiptap'
import {
  baseKeymap,
  chainCommands,
  exitCode,
  joinForward,
  newlineInCode
} from 'prosemirror-commands'
import { undoInputRule } from 'prosemirror-inputrules'
import { keymap } from 'prosemirror-keymap'
import type { Command, Plugin } from 'prosemirror-state'
import { duplicate, move, remove } from './blocks/rearranging'
import { toggleFold } from './blocks/toggles'
import { indentCode, outdentCode, selectCode } from './code/codeblocks'
import {
  breakLine,
  indent,
  leaveEmpty,
  mark,
  PARAGRAPH,
  plainAtStart,
  split,
  toggleChecked,
  turnInto
} from './commands'
import { codeBehindSigns } from './inputrules'
import { askForBlockMenu, BLOCK_MENU_KEY } from './menus/blockmenu'
import { CODE } from './schema'
import { inCells, nextCell, previousCell } from './tables/tables'

const orNot = (command: (state: Parameters<Command>[0]) => boolean | undefined): Command => {
  return (state, dispatch) => (dispatch ? command(state) === true : true)
}

/** Two empty lines at its end lead out of code. */
const leaveCode: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection
  const text = $from.parent.textContent
  const atEnd = $from.parentOffset === $from.parent.content.size
  if (!empty || $from.parent.type !== CODE || !atEnd || !text.endsWith('\n')) return false
  if (!dispatch) return true
  dispatch(state.tr.delete($from.pos - 1, $from.pos))
  return view ? exitCode(view.state, dispatch, view) : true
}

const leave: Command = (_state, _dispatch, view) => {
  view?.dom.blur()
  return true
}

const MARKS: Record<string, Command> = {
  'Mod-b': mark('bold'),
  'Mod-i': mark('italic'),
  'Mod-u': mark('underline'),
  'Mod-Shift-x': mark('strike'),
  'Mod-Shift-h': mark('highlight'),
  'Mod-e': mark('code')
}

const BLOCKS: Record<string, Command> = {
  'Mod-Alt-0': turnInto(PARAGRAPH),
  'Mod-Alt-1': turnInto({ type: 'h', level: 1 }),
  'Mod-Alt-2': turnInto({ type: 'h', level: 2 }),
  'Mod-Alt-3': turnInto({ type: 'h', level: 3 }),
  'Mod-Shift-7': turnInto({ type: 'ol' }),
  'Mod-Shift-8': turnInto({ type: 'ul' }),
  'Mod-Shift-9': turnInto({ type: 'task' }),
  'Mod-Shift-.': turnInto({ type: 'quote' }),
  'Alt-ArrowUp': move(-1),
  'Alt-ArrowDown': move(1),
  'Mod-d': duplicate,
  'Mod-Shift-Backspace': remove,
  [BLOCK_MENU_KEY]: askForBlockMenu
}

/** What sheet.ts tells of, but for Enter, Backspace and Delete, which are as everywhere. */
export const KEYS: Readonly<Record<string, Command>> = {
  ...MARKS,
  ...BLOCKS,
  'Mod-z': orNot(undo),
  'Mod-y': orNot(redo),
  'Mod-Shift-z': orNot(redo),
  Enter: chainCommands(inCells, leaveCode, newlineInCode, codeBehindSigns, leaveEmpty, split),
  'Shift-Enter': chainCommands(newlineInCode, breakLine),
  'Mod-Enter': chainCommands(exitCode, toggleChecked, toggleFold),
  Backspace: chainCommands(undoInputRule, plainAtStart),
  Delete: joinForward,
  Tab: chainCommands(indentCode, nextCell, indent(1)),
  'Shift-Tab': chainCommands(outdentCode, previousCell, indent(-1)),
  'Mod-a': selectCode,
  Escape: leave
}

export function keymaps(): Plugin[] {
  return [keymap(KEYS), keymap(baseKeymap)]
}

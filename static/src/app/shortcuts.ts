/** When the sheet of shortcuts is asked for; the sheet itself comes with the editor's code. */

import { letterKeysWork } from './letterkeys'

export function showShortcuts(): void {
  void import('../editor/menus/sheet').then(({ showSheet }) => showSheet())
}

/** A question mark is one where somebody writes; elsewhere it asks for the shortcuts. */
export function asksForShortcuts(event: KeyboardEvent): boolean {
  const { target, key, ctrlKey, metaKey } = event
  if (key === '/') return ctrlKey || metaKey
  const writes =
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea'))
  return key === '?' && !writes && letterKeysWork()
}

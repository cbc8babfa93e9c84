/** What keys are called on the machine that somebody sits at. */

const MAC = typeof navigator !== 'undefined' && /Mac|iP(?:hone|ad|od)/.test(navigator.platform)

const NAMES: Record<string, string> = MAC ? { Mod: '⌘', Alt: '⌥', Shift: '⇧' } : { Mod: 'Ctrl' }
const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' }

/** Return how a combination, written as in keymap.ts, is shown. */
export function keysShown(keys: string): string {
  const names = keys.split('-').map((key) => NAMES[key] ?? SIGNS[key] ?? capital(key))
  return names.join(MAC ? '' : '+')
}

function capital(key: string): string {
  return key.length === 1 ? key.toUpperCase() : key
}

/**
 * Whether letters and signs alone do something where nobody writes: a setting of this device. Who
 * speaks to the machine, or strikes keys by chance, does not want it.
 */

const NAME = 'palimpsest letter keys'

export function letterKeysWork(): boolean {
  try {
    return localStorage.getItem(NAME) !== 'off'
  } catch {
    return true
  }
}

/** Have a box say whether they do, and change it. */
export function bindLetterKeys(box: HTMLInputElement, changed: () => void = () => {}): void {
  box.checked = letterKeysWork()
  box.addEventListener('change', () => {
    try {
      if (box.checked) localStorage.removeItem(NAME)
      else localStorage.setItem(NAME, 'off')
    } catch {
      // A browser that keeps nothing has them work as ever.
      box.checked = letterKeysWork()
    }
    changed()
  })
}

/** Tell whether a key is a letter or a sign, pressed alone. */
export function isLetter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return [...key].length === 1 && !(ctrlKey || metaKey || altKey)
}

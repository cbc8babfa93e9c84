/**
 * Where our caret is, told as often as somebody can see it move: at once, and what follows within a
 * moment only as it is behind that. A key that is held down moves it thirty times a second, a mouse
 * that selects at every frame; the server reads who tells so much later (presence_per_second_max),
 * and with it what they write.
 */

import type { Awareness } from 'y-protocols/awareness'

export const MOMENT_MILLISECONDS = 75

/** Return the awareness for the binding of the carets: it neither chatters nor repeats itself. */
export function whereabouts(awareness: Awareness): Awareness {
  /** What is not told yet, by field. */
  let waiting: Record<string, unknown> = {}
  let timer: ReturnType<typeof setTimeout> | undefined

  const local = () => {
    const told = awareness.getLocalState()
    return told && { ...told, ...waiting }
  }
  const tell = (): void => {
    timer = undefined
    const news = Object.entries(waiting)
    waiting = {}
    // At each change of others the binding says where we are, moved or not: in a crowd everybody
    // would hear from everybody at each key.
    const changed = news.filter(
      ([field, value]) => !same(awareness.getLocalState()?.[field], value)
    )
    for (const [field, value] of changed) awareness.setLocalStateField(field, value)
    if (changed.length > 0) timer = setTimeout(tell, MOMENT_MILLISECONDS)
  }
  const setLocalStateField = (field: string, value: unknown): void => {
    waiting[field] = value
    // Who leaves the text is gone from it at once; nothing is told behind that.
    if (value === null) clearTimeout(timer)
    if (value === null || timer === undefined) tell()
  }
  return Object.create(awareness, {
    getLocalState: { value: local },
    setLocalStateField: { value: setLocalStateField }
  })
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Scrolling to a place in the text, at once: the bar covers what is above, and some room is good. */

const ROOM_ABOVE = 24
const ROOM_BELOW = 80

/** Return where the page begins to be seen: below the bar, and some room. */
export function upperEdge(): number {
  const bar = document.querySelector('.bar')
  return (bar?.getBoundingClientRect().bottom ?? 0) + ROOM_ABOVE
}

/** Have an element begin where the page begins to be seen. */
export function putOnTop(element: Element): void {
  const top = element.getBoundingClientRect().top - upperEdge()
  window.scrollBy({ top, behavior: 'instant' })
}

/** Have what lies between two heights of the window shown, if it is not. */
export function reveal(top: number, bottom: number): void {
  if (top >= upperEdge() && bottom <= window.innerHeight - ROOM_BELOW) return
  window.scrollBy({ top: top - window.innerHeight / 3, behavior: 'instant' })
}

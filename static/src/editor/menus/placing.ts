/** Where something that floats goes: beside what it is about, never over it, and in sight. */

const GAP = 8
const EDGE = 8
/** How much of a list that scrolls is to be seen at least. */
const HEIGHT_LEAST = 80

export interface Spot {
  readonly left: number
  readonly top: number
  readonly bottom: number
}

export type Side = 'below' | 'above'

/** The part of the page that is in sight: a keyboard on the screen hides some. */
export function inSight(): { left: number; top: number; right: number; bottom: number } {
  const seen = window.visualViewport
  const [left, top] = [seen?.offsetLeft ?? 0, seen?.offsetTop ?? 0]
  const [width, height] = [
    seen?.width ?? document.documentElement.clientWidth,
    seen?.height ?? window.innerHeight
  ]
  return { left, top, right: left + width, bottom: top + height }
}

/** What is in sight of the text: the bar above covers some. */
function underBar(): ReturnType<typeof inSight> {
  const seen = inSight()
  const bar = document.querySelector('.bar')?.getBoundingClientRect().bottom ?? 0
  return { ...seen, top: Math.max(seen.top, bar - EDGE) }
}

/**
 * Put an element that is shown and fixed beside a spot: on the side where it fits. One that scrolls is
 * made smaller before it covers what it is about; with `least`, down to that before it goes to the
 * other side.
 */
export function placeBeside(
  element: HTMLElement,
  spot: Spot,
  side: Side = 'below',
  least = Number.POSITIVE_INFINITY
): void {
  const seen = underBar()
  element.style.maxHeight = ''
  const { offsetWidth: width, offsetHeight: height } = element
  const room = {
    below: seen.bottom - EDGE - spot.bottom - GAP,
    above: spot.top - GAP - seen.top - EDGE
  }
  const scrolls = getComputedStyle(element).overflowY !== 'visible'
  const isAt = sideFor(room, height, Math.min(height, least), side)
  const shown = scrolls ? Math.min(height, Math.max(room[isAt], HEIGHT_LEAST)) : height
  if (shown < height) element.style.maxHeight = `${shown}px`
  const wanted = isAt === 'below' ? spot.bottom + GAP : spot.top - GAP - shown
  const top = clamp(wanted, seen.top + EDGE, seen.bottom - EDGE - shown)
  const left = clamp(spot.left, seen.left + EDGE, seen.right - EDGE - width)
  element.style.top = `${top}px`
  element.style.left = `${left}px`
}

/** Return the side that was wished if it has room for the least, or that of more room. */
export function sideFor(
  room: Record<Side, number>,
  height: number,
  least: number,
  wished: Side
): Side {
  const other = wished === 'below' ? 'above' : 'below'
  if (room[wished] >= least) return wished
  return room[other] >= height || room[other] > room[wished] ? other : wished
}

/** Call when what is in sight moves; return what ends that. */
export function whenMoved(moved: () => void): () => void {
  const end = new AbortController()
  const options = { signal: end.signal, passive: true }
  window.addEventListener('scroll', moved, { ...options, capture: true })
  window.addEventListener('resize', moved, options)
  window.visualViewport?.addEventListener('resize', moved, options)
  window.visualViewport?.addEventListener('scroll', moved, options)
  return () => end.abort()
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}

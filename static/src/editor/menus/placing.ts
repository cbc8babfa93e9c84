/** Where something that floats goes: beside what it is about, never over it, and in sight. */

const GAP = 8
const EDGE = 8

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

/** Put an element that is shown and fixed beside a spot, on the other side if there is no room. */
export function placeBeside(element: HTMLElement, spot: Spot, side: Side = 'below'): void {
  const seen = inSight()
  const { offsetWidth: width, offsetHeight: height } = element
  const below = spot.bottom + GAP
  const above = spot.top - GAP - height
  const fitsBelow = below + height <= seen.bottom - EDGE
  const fitsAbove = above >= seen.top + EDGE
  const isBelow = side === 'below' ? fitsBelow || !fitsAbove : !fitsAbove
  const top = clamp(isBelow ? below : above, seen.top + EDGE, seen.bottom - EDGE - height)
  const left = clamp(spot.left, seen.left + EDGE, seen.right - EDGE - width)
  element.style.top = `${top}px`
  element.style.left = `${left}px`
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

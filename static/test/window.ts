/** A browser's window, as far as ProseMirror needs one: nothing is laid out here. */

import { JSDOM } from 'jsdom'

const { window } = new JSDOM('<!doctype html><html><body></body></html>', {
  pretendToBeVisual: true,
  url: 'http://127.0.0.1/'
})

const NAMES = [
  'document',
  'navigator',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLInputElement',
  'Event',
  'KeyboardEvent',
  'MouseEvent',
  'DOMParser',
  'location',
  'MutationObserver',
  'AbortController',
  'getComputedStyle',
  'getSelection',
  'Range'
] as const

for (const name of NAMES) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true })
}
Object.defineProperty(globalThis, 'window', { value: window, configurable: true })
window.Range.prototype.getClientRects = () => [new window.DOMRect()] as unknown as DOMRectList
window.HTMLElement.prototype.showPopover = () => {}
window.HTMLElement.prototype.hidePopover = () => {}
window.matchMedia = () => new window.EventTarget() as MediaQueryList
window.Element.prototype.scrollIntoView = () => {}
window.Range.prototype.getBoundingClientRect = () => new window.DOMRect()
window.document.elementFromPoint = () => null

/** Return an element in the page to put an editor into. */
export function place(): HTMLElement {
  const element = window.document.createElement('div')
  window.document.body.append(element)
  return element
}

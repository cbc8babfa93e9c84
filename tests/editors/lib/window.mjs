// A browser's window, as far as editors need one: they lay out nothing here.

import { JSDOM } from 'jsdom'

const { window } = new JSDOM('<!doctype html><html><body></body></html>', {
  pretendToBeVisual: true,
  url: 'http://127.0.0.1/',
})

const NAMES = [
  'window', 'document', 'navigator', 'Node', 'Text', 'Element', 'HTMLElement', 'Event', 'Range',
  'CustomEvent', 'KeyboardEvent', 'MouseEvent', 'InputEvent', 'ClipboardEvent', 'DOMParser',
  'MutationObserver', 'getComputedStyle', 'getSelection', 'requestAnimationFrame',
  'cancelAnimationFrame', 'DocumentFragment', 'XMLSerializer', 'Selection', 'NodeFilter',
  'ShadowRoot', 'CSSStyleSheet', 'localStorage', 'HTMLTableElement', 'innerHeight',
]

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}

for (const name of NAMES) {
  const value = name === 'window' ? window : window[name]
  if (value !== undefined) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
}
globalThis.ResizeObserver = window.ResizeObserver = Observer
globalThis.IntersectionObserver = window.IntersectionObserver = Observer
window.Range.prototype.getClientRects = () => []
window.Range.prototype.getBoundingClientRect = () => ({ left: 0, right: 0, top: 0, bottom: 0 })
window.document.elementFromPoint = () => null
window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} })

/** Return an element in the page to put an editor into. */
export function place() {
  const element = document.createElement('div')
  document.body.append(element)
  return element
}

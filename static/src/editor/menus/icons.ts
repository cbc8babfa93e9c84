/** The signs on buttons and in menus: a few strokes each, drawn here. */

const SVG = 'http://www.w3.org/2000/svg'

/** Paths on a field of 24 by 24. */
const STROKES = {
  text: 'M5 6h14M5 11h14M5 16h9',
  heading: 'M6 5v14M16 5v14M6 12h10',
  bullets: 'M5 7h.01M5 12h.01M5 17h.01M10 7h9M10 12h9M10 17h9',
  numbers: 'M4 6l1.5-1v5M4 14h3l-3 4h3M11 7h8M11 12h8M11 17h8',
  task: 'M5 5h14v14H5zM8.5 12l2.5 2.5 4.5-5',
  quote: 'M5 6v12M9 8h10M9 12h10M9 16h6',
  callout: 'M12 8v5M12 16h.01M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 1 0 0-17z',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  divider: 'M4 12h16M8 7h8M8 17h8',
  toggle: 'M6 8l4 4-4 4M13 8h6M13 12h6M13 16h6',
  table: 'M4 5h16v14H4zM4 10h16M10 5v14',
  math: 'M18 6V5H6l6 7-6 7h12v-1',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9h.01',
  file: 'M7 3h7l5 5v13H7zM14 3v5h5',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM4.5 20a7.5 7.5 0 0 1 15 0',
  bold: 'M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z',
  italic: 'M10 5h7M7 19h7M14 5l-4 14',
  underline: 'M7 5v6a5 5 0 0 0 10 0V5M6 20h12',
  strike: 'M4 12h16M16 8c0-2-2-3-4-3s-4 1-4 3 2 3 4 4M8 16c0 2 2 3 4 3s4-1 4-3',
  highlight: 'M9 14l8-9 3 3-9 8H9zM9 16l-4 3h6M4 21h16',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  undo: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h3',
  indent: 'M4 5h16M11 10h9M11 14h9M4 19h16M4 9.5L7 12l-3 2.5',
  outdent: 'M4 5h16M11 10h9M11 14h9M4 19h16M7 9.5L4 12l3 2.5',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  plus: 'M12 5v14M5 12h14',
  chevron: 'M7 10l5 5 5-5',
  rowAbove: 'M4 12h16v7H4zM12 3v6M9 6h6',
  rowBelow: 'M4 5h16v7H4zM12 15v6M9 18h6',
  columnBefore: 'M12 4h7v16h-7zM6 9v6M3 12h6',
  columnAfter: 'M5 4h7v16H5zM18 9v6M15 12h6',
  deleteRow: 'M4 5h16v6H4zM9 15l6 6M15 15l-6 6',
  deleteColumn: 'M5 4h6v16H5zM15 9l6 6M21 9l-6 6',
  headRow: 'M4 5h16v14H4zM4 10h16M5 7.5h14',
  headColumn: 'M4 5h16v14H4zM10 5v14M7 6v12',
  merge: 'M4 5h16v14H4zM7 12h3M17 12h-3M12 5v4M12 15v4',
  alignStart: 'M5 6h14M5 10h8M5 14h14M5 18h8',
  alignCenter: 'M5 6h14M8 10h8M5 14h14M8 18h8',
  alignEnd: 'M5 6h14M11 10h8M5 14h14M11 18h8'
} as const

export type Icon = keyof typeof STROKES

/** Return a sign that says nothing to who listens: its button has a name. */
export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', STROKES[name])
  svg.append(path)
  return svg
}

/**
 * What is copied: HTML as other programs understand it, with the very blocks beside it, so that our
 * own editor keeps everything; and text with the signs of Markdown.
 */

import {
  DOMParser,
  DOMSerializer,
  Fragment,
  type Node,
  type ParseOptions,
  Slice
} from 'prosemirror-model'
import { schema } from '../schema'

/** The attribute of the first element that holds the blocks themselves, as JSON. */
const ITSELF = 'data-palimpsest'

class Copier extends DOMSerializer {
  override serializeFragment(
    fragment: Fragment,
    options: { document?: Document } = {},
    target?: HTMLElement | DocumentFragment
  ): HTMLElement | DocumentFragment {
    const made = super.serializeFragment(fragment, options, target)
    if (fragment.firstChild?.isInline !== false) return made
    for (const element of made.children) plain(element as HTMLElement)
    nest(made)
    // What stands in a cell is said where its table is.
    if (!target) made.firstElementChild?.setAttribute(ITSELF, JSON.stringify(fragment))
    return made
  }
}

/** Take away what only our page can use, and say where pictures are to be had from elsewhere. */
function plain(element: HTMLElement): void {
  element.removeAttribute('data-block')
  for (const box of element.querySelectorAll('.box')) {
    const input = box.querySelector('input')
    if (input) box.replaceWith(input)
    else box.remove()
  }
  for (const each of element.querySelectorAll('[src^="/"], [href^="/"]')) {
    const name = each.hasAttribute('src') ? 'src' : 'href'
    each.setAttribute(name, new URL(each.getAttribute(name) ?? '', location.href).href)
  }
}

interface Open {
  readonly list: HTMLElement
  readonly deep: number
}

/** Make real lists, in one another, of items that stand side by side and say how deep they are. */
function nest(parent: HTMLElement | DocumentFragment): void {
  const open: Open[] = []
  for (const element of [...parent.children] as HTMLElement[]) {
    const deep = Number(element.dataset.indent ?? 0)
    const isList = element.matches('ul, ol')
    while (open.length > 0 && !goesInto(open.at(-1) as Open, element, deep, isList)) open.pop()
    const last = open.at(-1)
    if (last?.deep === deep) {
      last.list.append(...element.children)
      element.remove()
    } else {
      if (last) put(element, last, deep)
      if (isList) open.push({ list: element, deep })
    }
  }
}

function goesInto({ list, deep }: Open, element: HTMLElement, own: number, isList: boolean) {
  if (own > deep) return true
  const isAlike = list.tagName === element.tagName && list.className === element.className
  return own === deep && isList && isAlike && !element.hasAttribute('start')
}

function put(element: HTMLElement, { list, deep }: Open, own: number): void {
  list.lastElementChild?.append(element)
  const rest = own - deep - 1
  if (rest > 0) element.dataset.indent = String(rest)
  else delete element.dataset.indent
}

class Taker extends DOMParser {
  override parseSlice(dom: globalThis.Node, options?: ParseOptions): Slice {
    const said = (dom as Element).querySelector(`[${ITSELF}]`)?.getAttribute(ITSELF)
    return (said && itself(said)) || super.parseSlice(dom, options)
  }
}

/** Return the blocks as they were copied; null if they are none. */
function itself(said: string): Slice | null {
  try {
    const fragment = Fragment.fromJSON(schema, JSON.parse(said))
    fragment.forEach((node) => {
      node.check()
      node.descendants(isPlain)
      isPlain(node)
    })
    return Slice.maxOpen(fragment)
  } catch {
    // Anybody can write such an attribute.
    return null
  }
}

function isPlain(node: Node): void {
  for (const value of Object.values(node.attrs)) {
    if (typeof value === 'object' && value !== null) throw new RangeError('no such attribute')
  }
}

const { nodes, marks } = DOMSerializer.fromSchema(schema)
export const copier = new Copier(nodes, marks)
export const taker = new Taker(schema, DOMParser.fromSchema(schema).rules)

/** Tell whether HTML was copied in our own editor. */
export function isOwn(html: string): boolean {
  return html.includes(`${ITSELF}="`)
}

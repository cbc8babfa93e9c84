/** Formulas: shown by typesetting.ts, written as TeX in their toolbar, which shows them meanwhile. */

import type { Node } from 'prosemirror-model'
import { type Command, NodeSelection, Plugin, Selection } from 'prosemirror-state'
import type { EditorView, NodeView } from 'prosemirror-view'
import { around, type Bar, enterBar, type Where } from '../blocks/blockbar'
import { begin } from '../commands'
import { BLOCK, nodeType } from '../schema'

const MATH = nodeType('math')
const INLINE = nodeType('math_inline')

class Formula implements NodeView {
  readonly dom: HTMLElement
  #tex = ''

  constructor(private node: Node) {
    this.dom = document.createElement(node.type === MATH ? 'div' : 'span')
    this.dom.className = 'formula'
    this.dom.addEventListener('preview', (event) => {
      if (event instanceof CustomEvent) void this.#show(String(event.detail))
    })
    void this.#show(node.attrs.tex ?? '')
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false
    this.node = node
    void this.#show(node.attrs.tex ?? '')
    return true
  }

  async #show(tex: string): Promise<void> {
    this.#tex = tex
    this.dom.dataset.tex = tex || 'Empty formula'
    const typesetting = tex ? await import('./typesetting').catch(() => null) : null
    if (this.#tex !== tex) return
    const shown = document.createElement('span')
    const wrong = typesetting?.typeset(tex, shown, this.node.type === MATH)
    this.dom.classList.toggle('wrong', Boolean(wrong))
    this.dom.title = wrong ?? ''
    if (typesetting && !wrong) this.dom.replaceChildren(...shown.childNodes)
    else this.dom.textContent = tex || 'Empty formula'
  }

  ignoreMutation(): boolean {
    return true
  }
}

/** Put a formula in the place of an empty block, or behind one, to be written at once. */
export const insertMath: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  if (!empty || $from.parent.type !== BLOCK) return false
  if (dispatch) {
    begin(state)
    const at = $from.parent.content.size === 0 ? $from.before() : $from.after()
    const tr = state.tr.insert(at, MATH.create({ indent: $from.parent.attrs.indent }))
    dispatch(enterBar(tr.setSelection(NodeSelection.create(tr.doc, at)).scrollIntoView()))
  }
  return true
}

/** Go on writing behind the formula: with it selected, the next letter would take its place. */
function goOn(view: EditorView, where: Where): void {
  const found = where()
  view.focus()
  if (!found) return
  const behind = found.pos + found.node.nodeSize
  const { tr } = view.state
  const next = tr.doc.nodeAt(behind)
  if (found.node.type === MATH && !next?.isTextblock) tr.insert(behind, BLOCK.create())
  view.dispatch(tr.setSelection(Selection.near(tr.doc.resolve(behind))).scrollIntoView())
}

export const mathBar: Bar = {
  label: 'Formula',
  find: (state) => around(state, ({ type }) => type === MATH || type === INLINE),
  controls(view, where) {
    const area = document.createElement('textarea')
    area.rows = 2
    area.spellcheck = false
    area.setAttribute('aria-label', 'TeX')
    const keep = () => {
      const found = where()
      if (!found || view.isDestroyed || (found.node.attrs.tex ?? '') === area.value) return
      begin(view.state)
      view.dispatch(view.state.tr.setNodeAttribute(found.pos, 'tex', area.value || null))
    }
    area.addEventListener('input', () => {
      const found = where()
      const dom = found && view.nodeDOM(found.pos)
      dom?.dispatchEvent(new CustomEvent('preview', { detail: area.value }))
    })
    area.addEventListener('blur', keep)
    area.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey) return
      event.preventDefault()
      goOn(view, where)
    })
    return [
      {
        element: area,
        update(_state, { node }) {
          if (document.activeElement !== area) area.value = node.attrs.tex ?? ''
        }
      }
    ]
  }
}

export function formulas(): Plugin {
  const show = (node: Node, _view: EditorView) => new Formula(node)
  return new Plugin({ props: { nodeViews: { math: show, math_inline: show } } })
}

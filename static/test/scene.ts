/** Editors without a network: a text that is shared, and people who write in it. */

import './window'
import { initProseMirrorDoc, ySyncPlugin } from '@tiptap/y-tiptap'
import { EditorState, TextSelection } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import * as Y from 'yjs'
import { schema } from '../src/editor/schema'
import { apply } from '../src/editor/together/lateness'
import { Kept } from '../src/editor/together/taking'
import { undoing } from '../src/editor/together/undoing'
import { localPlugins } from '../src/editor/view'
import { place } from './window'

type Attrs = Record<string, unknown>

export class Writer {
  readonly doc = new Y.Doc()
  readonly view: EditorView
  /** What the editor wrote into the text by merely being opened. */
  readonly wroteOnOpening: number

  constructor(update: Uint8Array) {
    Y.applyUpdate(this.doc, update)
    let updates = 0
    const count = () => {
      updates += 1
    }
    this.doc.on('update', count)
    const fragment = this.doc.getXmlFragment('default')
    const { doc, mapping } = initProseMirrorDoc(fragment, schema)
    const sync = ySyncPlugin(fragment, { mapping: new Kept(mapping) })
    const plugins = [sync, undoing(), ...localPlugins()]
    this.view = new EditorView(place(), {
      state: EditorState.create({ schema, doc, plugins }),
      dispatchTransaction(this: EditorView, tr) {
        apply(this, tr)
      }
    })
    this.doc.off('update', count)
    this.wroteOnOpening = updates
  }

  /** Put the caret behind the first place where these words stand. */
  after(words: string): this {
    let at = -1
    this.view.state.doc.descendants((node, pos) => {
      if (at < 0 && node.isText && node.text?.includes(words)) {
        at = pos + node.text.indexOf(words) + words.length
      }
    })
    return this.at(at)
  }

  at(pos: number): this {
    const { state } = this.view
    this.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, pos)))
    return this
  }

  /** Type, letter by letter, as a browser hands it to the editor. */
  type(words: string): this {
    for (const letter of words) {
      const { from, to } = this.view.state.selection
      const insert = () => this.view.state.tr.insertText(letter, from, to)
      const taken = this.view.someProp('handleTextInput', (handle) =>
        handle(this.view, from, to, letter, insert)
      )
      if (!taken) this.view.dispatch(insert())
    }
    return this
  }

  press(key: string): this {
    const [name = '', ...modifiers] = key.split('-').reverse()
    const event = new window.KeyboardEvent('keydown', {
      key: name,
      shiftKey: modifiers.includes('Shift'),
      ctrlKey: modifiers.includes('Mod'),
      altKey: modifiers.includes('Alt')
    })
    this.view.someProp('handleKeyDown', (handle) => handle(this.view, event))
    return this
  }

  /** Return the blocks: what each says, and those attributes that say something. */
  get blocks(): Array<[string, string, Attrs]> {
    const found: Array<[string, string, Attrs]> = []
    this.view.state.doc.forEach((node) => {
      const said = Object.entries(node.attrs).filter(
        ([name, value]) => value !== null && name !== 'id'
      )
      found.push([node.type.name, node.textContent, Object.fromEntries(said)])
    })
    return found
  }

  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc)
  }
}

/** Return the update of a text with these elements, as its binding would write them. */
export function text(...elements: Array<[string, string, Attrs?]>): Uint8Array {
  const doc = new Y.Doc()
  const made = elements.map(([name, words, attrs = {}]) => {
    const element = new Y.XmlElement(name)
    // biome-ignore lint/suspicious/noExplicitAny: Yjs says strings, and takes any value.
    for (const [key, value] of Object.entries(attrs)) element.setAttribute(key, value as any)
    if (words) element.insert(0, [new Y.XmlText(words)])
    return element
  })
  doc.getXmlFragment('default').insert(0, made)
  return Y.encodeStateAsUpdate(doc)
}

/** Let two who wrote apart hear of one another. */
export function meet(one: Writer, other: Writer): void {
  const [ones, others] = [one.state, other.state]
  Y.applyUpdate(one.doc, others)
  Y.applyUpdate(other.doc, ones)
}

/** Documents as the editor keeps them, and as it shows them: the server's writers show the same. */

import './window'
import { prosemirrorToYXmlFragment } from '@tiptap/y-tiptap'
import { DOMSerializer } from 'prosemirror-model'
import * as Y from 'yjs'
import { numbersOf } from '../src/editor/blocks/numbering'
import { schema } from '../src/editor/schema'
import corpus from './corpus.json'
import { place } from './window'

interface Shown {
  readonly update: string
  readonly html: string
}

export function shown(): Record<string, Shown> {
  const entries = Object.entries(corpus as Record<string, object[]>)
  return Object.fromEntries(entries.map(([name, content]) => [name, showOne(content)]))
}

function showOne(content: object[]): Shown {
  const doc = schema.nodeFromJSON({ type: 'doc', content })
  doc.check()
  const shared = new Y.Doc()
  prosemirrorToYXmlFragment(doc, shared.getXmlFragment('default'))
  const element = place()
  element.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content))
  const starts = [...numbersOf(doc)]
  starts.forEach(([pos, number]) => {
    element.children[doc.resolve(pos).index()]?.setAttribute('start', String(number))
  })
  const update = Buffer.from(Y.encodeStateAsUpdate(shared)).toString('base64')
  return { update, html: element.innerHTML }
}

// Writes documents as real editors' bindings make them: node make.mjs > documents.json

import { readFileSync } from 'node:fs'
import * as Y from 'yjs'

const MAKERS = {
  tiptap: ['tiptap', '@tiptap/core', '@tiptap/y-tiptap'],
  emptied: ['tiptap', '@tiptap/core', '@tiptap/y-tiptap'],
  prosemirror: ['prosemirror', 'prosemirror-view', 'prosemirror-schema-basic', 'y-prosemirror'],
  blocknote: ['blocknote', '@blocknote/core', 'y-prosemirror'],
  quill: ['quill', 'quill', 'y-quill'],
  unformatted: ['quill', 'quill', 'y-quill'],
  flat: ['flat', 'prosemirror-view', '@tiptap/y-tiptap'],
  codemirror: ['codemirror', '@codemirror/view', 'y-codemirror.next'],
  lexical: ['lexical', 'lexical', '@lexical/yjs'],
  values: ['values'],
}

const version = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version

const documents = {}
let clientID = 1
for (const [name, [module, ...packages]] of Object.entries(MAKERS)) {
  const doc = new Y.Doc()
  doc.clientID = clientID++
  const makers = await import(`./lib/${module}.mjs`)
  await makers[name](doc)
  documents[name] = {
    made_by: ['yjs', ...packages].map((item) => `${item} ${version(item)}`),
    update: Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64'),
  }
}
process.stdout.write(JSON.stringify(documents, null, 1) + '\n', () => process.exit(0))

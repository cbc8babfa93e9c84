// Quill 2, bound by y-quill.

import { place } from './window.mjs'

const { default: Quill } = await import('quill')
const { QuillBinding } = await import('y-quill')

const line = (insert, attributes) => [{ insert }, { insert: '\n', attributes }]

const CONTENT = [
  ...line('A title', { header: 1 }),
  { insert: 'Plain, ' },
  { insert: 'bold', attributes: { bold: true } },
  { insert: ', ' },
  { insert: 'all of it', attributes: { italic: true, underline: true, strike: true } },
  { insert: ', ' },
  { insert: 'code', attributes: { code: true } },
  { insert: ', ' },
  { insert: 'a link', attributes: { link: 'https://example.org/' } },
  { insert: ', H' },
  { insert: '2', attributes: { script: 'sub' } },
  { insert: 'O, ' },
  { insert: 'red', attributes: { color: 'red', background: 'yellow' } },
  { insert: ' ' },
  { insert: { image: 'https://example.org/a.png' }, attributes: { alt: 'a picture' } },
  { insert: '\n', attributes: { align: 'center' } },
  ...line('one', { list: 'bullet' }),
  ...line('one in one', { list: 'bullet', indent: 1 }),
  ...line('three', { list: 'ordered' }),
  ...line('done', { list: 'checked' }),
  ...line('open', { list: 'unchecked' }),
  ...line('Quoted', { blockquote: true }),
  ...line('let a = 1', { 'code-block': 'javascript' }),
  ...line('let b', { 'code-block': 'javascript' }),
  { insert: { formula: 'a^2' } },
  { insert: '\n' },
  { insert: { video: 'https://example.org/a.mp4' } },
  ...line('\nfrom right to left', { direction: 'rtl', align: 'right' }),
]

export function quill(doc) {
  globalThis.katex = window.katex = { render() {} } // Quill's formulas ask for it.
  const editor = new Quill(place(), { formats: null })
  const binding = new QuillBinding(doc.getText('quill'), editor)
  editor.setContents(CONTENT, 'user')
  editor.insertText(editor.getLength() - 1, ' and back', { bold: true }, 'user')
  editor.deleteText(0, 2, 'user')
  editor.insertText(0, 'A ', 'user')
  binding.destroy()
}

/** Quill in which nobody has formatted anything. */
export function unformatted(doc) {
  const editor = new Quill(place())
  const binding = new QuillBinding(doc.getText('quill'), editor)
  editor.insertText(0, 'Just\nlines', 'user')
  binding.destroy()
}

// BlockNote: its own blocks, turned into Yjs by its own binding.

import './window.mjs'
import { BlockNoteEditor } from '@blocknote/core'
import { blocksToYXmlFragment } from '@blocknote/core/yjs'

const words = (text, styles = {}) => ({ type: 'text', text, styles })

const BLOCKS = [
  { type: 'heading', props: { level: 1 }, content: 'A title' },
  {
    type: 'paragraph',
    props: { textAlignment: 'center', textColor: 'red', backgroundColor: 'yellow' },
    content: [
      words('Plain, '), words('bold', { bold: true }), words(', '),
      words('all of it', { italic: true, underline: true, strike: true }), words(', '),
      words('code', { code: true }), words(', '), words('red', { textColor: 'red' }), words(', '),
      { type: 'link', href: 'https://example.org/', content: [words('a link')] },
      words('\nnext line'),
    ],
  },
  {
    type: 'bulletListItem',
    content: 'one',
    children: [
      { type: 'bulletListItem', content: 'one in one' },
      { type: 'paragraph', content: 'more of one' },
    ],
  },
  { type: 'numberedListItem', props: { start: 3 }, content: 'three' },
  { type: 'numberedListItem', content: 'four' },
  { type: 'checkListItem', props: { checked: true }, content: 'done' },
  { type: 'checkListItem', content: 'open' },
  {
    type: 'toggleListItem',
    content: 'More',
    children: [{ type: 'paragraph', content: 'hidden' }],
  },
  { type: 'quote', content: 'Quoted' },
  { type: 'codeBlock', props: { language: 'javascript' }, content: 'let a = 1\nlet b' },
  { type: 'divider' },
  {
    type: 'image',
    props: { url: 'https://example.org/a.png', name: 'a.png', caption: 'A picture', previewWidth: 300 },
  },
  { type: 'file', props: { url: 'https://example.org/a.pdf', name: 'a.pdf', caption: 'A file' } },
  { type: 'video', props: { url: 'https://example.org/a.mp4', name: 'a.mp4' } },
  { type: 'audio', props: { url: 'https://example.org/a.mp3', name: 'a.mp3' } },
  {
    type: 'table',
    content: {
      type: 'tableContent',
      headerRows: 1,
      rows: [
        { cells: ['Head', 'er'] },
        { cells: [[words('a', { bold: true })], { type: 'tableCell', content: 'b', props: {} }] },
      ],
    },
  },
  { type: 'paragraph', children: [{ type: 'paragraph', content: 'indented' }] },
]

const numbered = (blocks, prefix) =>
  blocks.map((block, index) => ({
    ...block,
    id: `${prefix}${index}`,
    children: numbered(block.children ?? [], `${prefix}${index}-`),
  }))

export function blocknote(doc) {
  const editor = BlockNoteEditor.create()
  blocksToYXmlFragment(editor, numbered(BLOCKS, 'block-'), doc.getXmlFragment('document-store'))
}

// Lexical, bound by @lexical/yjs (the binding whose root is an XmlText).

import './window.mjs'
import { $createCodeNode, CodeHighlightNode, CodeNode } from '@lexical/code'
import { createHeadlessEditor } from '@lexical/headless'
import { $createLinkNode, LinkNode } from '@lexical/link'
import { $createListItemNode, $createListNode, ListItemNode, ListNode } from '@lexical/list'
import { $createHeadingNode, $createQuoteNode, HeadingNode, QuoteNode } from '@lexical/rich-text'
import {
  $createTableCellNode, $createTableNode, $createTableRowNode, TableCellNode, TableNode,
  TableRowNode,
} from '@lexical/table'
import { createYjsBinding, syncLexicalUpdateToYjs } from '@lexical/yjs'
import { $createLineBreakNode, $createParagraphNode, $createTextNode, $getRoot } from 'lexical'

const SILENT = {
  awareness: { getLocalState: () => null, getStates: () => new Map(), on() {}, off() {} },
  on() {},
  off() {},
}

const words = (text, ...formats) =>
  formats.reduce((node, format) => node.toggleFormat(format), $createTextNode(text))

function $write() {
  const list = (type, ...items) => $createListNode(type).append(...items)
  const item = (...children) => $createListItemNode().append(...children)
  const cell = (text, header) =>
    $createTableCellNode(header).append($createParagraphNode().append(words(text)))
  const done = $createListItemNode(true).append(words('done'))
  $getRoot().append(
    $createHeadingNode('h1').append(words('A title')),
    $createParagraphNode().append(
      words('Plain, '), words('bold', 'bold'), words(', '),
      words('all of it', 'italic', 'underline', 'strikethrough'), words(', '),
      words('code', 'code'), words(', '), words('2', 'subscript'),
      $createLineBreakNode(),
      $createLinkNode('https://example.org/').append(words('a link'), words(' in bold', 'bold')),
    ),
    list('bullet', item(words('one')), item(list('bullet', item(words('one in one'))))),
    list('number', item(words('first'))),
    list('check', done, item(words('open'))),
    $createQuoteNode().append(words('Quoted')),
    $createCodeNode('javascript').append(words('let a = 1'), $createLineBreakNode(), words('let b')),
    $createTableNode().append(
      $createTableRowNode().append(cell('Head', 3), cell('er', 3)),
      $createTableRowNode().append(cell('a', 0), cell('b', 0)),
    ),
    $createParagraphNode().setFormat('center').append(words('The end')),
  )
}

export function lexical(doc) {
  const editor = createHeadlessEditor({
    nodes: [
      HeadingNode, QuoteNode, ListNode, ListItemNode, LinkNode, CodeNode, CodeHighlightNode,
      TableNode, TableRowNode, TableCellNode,
    ],
    onError(error) {
      throw error
    },
  })
  const binding = createYjsBinding({ editor, id: 'root', doc, docMap: new Map([['root', doc]]) })
  editor.registerUpdateListener((update) =>
    syncLexicalUpdateToYjs(
      binding, SILENT, update.prevEditorState, update.editorState, update.dirtyElements,
      update.dirtyLeaves, update.normalizedNodes, update.tags,
    ))
  editor.update($write, { discrete: true })
  editor.update(() => $getRoot().getFirstChild().append($createTextNode(' and more')), { discrete: true })
}

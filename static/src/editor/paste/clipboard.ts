/** What is pasted and dropped becomes blocks, within limits; what is copied is read elsewhere. */

import { type Node, type ResolvedPos, Slice } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { named } from '../blocks/blockids'
import { BLOCK } from '../schema'
import { sendBrought } from './brought'
import { cleaned } from './cleaning'
import { copier, isOwn, taker } from './copying'
import { blocksOf, isMarkdown } from './markdown'
import { plainText } from './plaintext'
import { tell } from './telling'

/** The longest HTML that is read, pictures in it not counted: Word says much about little. */
export const HTML_LENGTH_MAX = 3_000_000
/** The longest text; its update stays below what the server takes, in any language. */
export const TEXT_LENGTH_MAX = 1_000_000
/** How many blocks, those in tables among them, are put into the text at once. */
export const BLOCKS_MAX = 2000

const PICTURE_DATA = /data:image\/[^"')\s>]+/g

export function clipboard(): Plugin {
  let wasOurs = false
  return new Plugin({
    props: {
      clipboardSerializer: copier,
      clipboardParser: taker,
      clipboardTextSerializer: plainText,
      clipboardTextParser: (text, $context, isPlain) =>
        // ProseMirror reads by itself what this does not answer to.
        (isPlain ? null : markdownIn(text, $context)) as Slice,
      transformPastedHTML(html) {
        wasOurs = isOwn(html)
        return wasOurs ? html : cleaned(html)
      },
      transformPasted(slice, view, isPlain) {
        if (blocksIn(slice) > BLOCKS_MAX) return slice
        const sifted = sendBrought(slice, view)
        // Words out of one block are words.
        const areWords = wasOurs && !isPlain && sifted.content.childCount === 1
        if (areWords) return sifted
        const { content, openStart, openEnd } = whole(sifted, view)
        return new Slice(named(content), openStart, openEnd)
      },
      handleDOMEvents: {
        paste: (view, event) => refuseLong(view, event, event.clipboardData),
        drop: (view, event) => refuseLong(view, event, event.dataTransfer)
      },
      handlePaste: (view, _event, slice) => refuseMany(view, slice),
      handleDrop: (view, _event, slice, isMoved) => !isMoved && refuseMany(view, slice)
    }
  })
}

/** Return the blocks that text says, if it is Markdown. One line amid others is words. */
function markdownIn(text: string, { parent }: ResolvedPos): Slice | null {
  const isLine = !text.trim().includes('\n')
  if ((isLine && parent.content.size > 0) || !isMarkdown(text)) return null
  return Slice.maxOpen(blocksOf(text))
}

/** In a block that is empty, the first one that comes stays what it is. */
function whole(slice: Slice, { state }: EditorView): Slice {
  const { parent } = state.selection.$from
  const first = slice.content.firstChild
  if (!first?.isBlock || isOrdinary(first)) return slice
  if (parent.content.size > 0 || !isOrdinary(parent)) return slice
  return new Slice(slice.content, 0, slice.openEnd)
}

function isOrdinary({ type, attrs }: Node): boolean {
  return type === BLOCK && (attrs.type ?? 'p') === 'p'
}

/** Refuse what would take too long to read, before anything reads it. */
function refuseLong(view: EditorView, event: Event, data: DataTransfer | null): boolean {
  const html = data?.getData('text/html') ?? ''
  const text = data?.getData('text/plain') ?? ''
  const length =
    html.length > HTML_LENGTH_MAX ? html.replace(PICTURE_DATA, '').length : html.length
  if (length <= HTML_LENGTH_MAX && text.length <= TEXT_LENGTH_MAX) return false
  event.preventDefault()
  const most = `${TEXT_LENGTH_MAX.toLocaleString('en')} letters`
  tell(
    view,
    `That is too long to be pasted at once: take less than ${most}, or attach it as a file.`
  )
  return true
}

function refuseMany(view: EditorView, slice: Slice): boolean {
  const count = blocksIn(slice)
  if (count <= BLOCKS_MAX) return false
  const [had, most] = [count, BLOCKS_MAX].map((each) => each.toLocaleString('en'))
  tell(view, `That has ${had} blocks; ${most} can be pasted at once. Paste it in parts.`)
  return true
}

function blocksIn({ content }: Slice): number {
  let count = 0
  content.descendants((node: Node) => {
    if (node.isBlock) count += 1
    return !node.isTextblock
  })
  return count
}

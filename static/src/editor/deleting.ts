/**
 * Deleting the last of marked words, a letter or a word at a time.
 *
 * A browser that deletes all of an element remembers how it looked, and writes that as a style around
 * the next letter: which the page's policy forbids, and which is not the mark that it was. So what
 * takes a marked text away whole is done here, where the browser would do it.
 */

import type { Node } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

export function deleting(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        beforeinput(view, event) {
          const isOurs = event.inputType.startsWith('delete') && event.cancelable
          if (!isOurs || view.composing || !view.editable) return false
          const range = rangeOf(view, event)
          if (!range || !takesMarked(view.state.doc, range)) return false
          event.preventDefault()
          remove(view, range)
          return true
        }
      }
    }
  })
}

interface Range {
  readonly from: number
  readonly to: number
}

/** Return what the browser is about to delete. */
function rangeOf(view: EditorView, event: InputEvent): Range | null {
  const [range] = event.getTargetRanges()
  if (!range || !view.dom.contains(range.startContainer) || !view.dom.contains(range.endContainer))
    return null
  const from = view.posAtDOM(range.startContainer, range.startOffset, 1)
  const to = view.posAtDOM(range.endContainer, range.endOffset, -1)
  return from < to ? { from, to } : null
}

/** Tell whether nothing will be left of a text with marks, in one block. */
function takesMarked(doc: Node, { from, to }: Range): boolean {
  if (!doc.resolve(from).sameParent(doc.resolve(to))) return false
  let takes = false
  doc.nodesBetween(from, to, (node, pos) => {
    takes ||= node.isText && node.marks.length > 0 && pos >= from && pos + node.nodeSize <= to
  })
  return takes
}

function remove(view: EditorView, { from, to }: Range): void {
  const { doc, tr } = view.state
  const marks = doc.resolve(from).marksAcross(doc.resolve(to))
  tr.delete(from, to)
  // Who goes on there writes as before.
  if (marks) tr.ensureMarks(marks)
  view.dispatch(tr.scrollIntoView())
}

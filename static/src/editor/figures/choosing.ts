/** Files that are pasted, dropped or chosen go where they were meant to, and are sent. */

import { type Command, type EditorState, Plugin, PluginKey } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { type Load, placeOfSelection, type Uploads } from './uploads'

const key = new PluginKey<Uploads>('choosing')

/** Return a plugin that has files sent. */
export function filesGoTo(uploads: Uploads): Plugin<Uploads> {
  return new Plugin<Uploads>({
    key,
    state: { init: () => uploads, apply: (_tr, known) => known },
    props: {
      handlePaste(view, event) {
        const { clipboardData } = event
        if (!clipboardData || !meansFiles(clipboardData)) return false
        uploads.add(loadsOf(clipboardData.files), placeOfSelection(view.state))
        return true
      },
      handleDrop(view, event, _slice, isMoved) {
        const files = event.dataTransfer?.files
        if (isMoved || !files?.length) return false
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY })
        event.preventDefault()
        uploads.add(loadsOf(files), at?.pos ?? view.state.doc.content.size)
        return true
      }
    }
  })
}

/** Return what sends files into this text; nothing where none can be. */
export function uploadsOf(state: EditorState): Uploads | undefined {
  return key.getState(state)
}

/** A program that copies text copies a picture of it as well; a browser, a picture's HTML. */
function meansFiles(data: DataTransfer): boolean {
  if (data.files.length === 0) return false
  const html = data.getData('text/html')
  if (!html) return true
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return body.querySelector('img') !== null && body.textContent?.trim() === ''
}

export function loadsOf(files: FileList): Load[] {
  return [...files].map((file) => ({
    name: file.name || 'File',
    isPicture: file.type.startsWith('image/'),
    file
  }))
}

/** Ask for files, and send what was chosen. */
function choose(accept: string): Command {
  return (state, dispatch, view) => {
    const uploads = key.getState(state)
    if (!uploads) return false
    if (dispatch && view) ask(view, accept, uploads)
    return true
  }
}

function ask(view: EditorView, accept: string, uploads: Uploads): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.accept = accept
  input.hidden = true
  view.dom.ownerDocument.body.append(input)
  input.addEventListener('change', () => {
    if (input.files) uploads.add(loadsOf(input.files), placeOfSelection(view.state))
    input.remove()
    view.focus()
  })
  input.addEventListener('cancel', () => {
    input.remove()
    view.focus()
  })
  input.click()
}

export const chooseImage = choose('image/png,image/jpeg,image/gif,image/webp,image/avif')
export const chooseFile = choose('')

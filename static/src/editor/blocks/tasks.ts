/** The boxes of tasks: a click checks the task in the document, and the document checks the box. */

import { Plugin } from 'prosemirror-state'
import { begin } from '../commands'

export function taskBoxes(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        mousedown(_view, event) {
          if (!isBox(event.target)) return false
          // The caret stays where it is.
          event.preventDefault()
          return true
        },
        click(view, event) {
          if (!isBox(event.target)) return false
          event.preventDefault()
          const $pos = view.state.doc.resolve(view.posAtDOM(event.target, 0))
          if (!view.editable || $pos.depth === 0) return true
          const checked = $pos.parent.attrs.checked ? null : true
          begin(view.state)
          view.dispatch(view.state.tr.setNodeAttribute($pos.before(), 'checked', checked))
          return true
        }
      }
    }
  })
}

function isBox(target: EventTarget | null): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type === 'checkbox'
}

/** The toolbar of a callout: which tone it has. */

import { begin } from '../commands'
import { around, type Bar, type Control } from './blockbar'

const TONES = ['note', 'tip', 'important', 'warning', 'caution'] as const

export const calloutBar: Bar = {
  label: 'Callout',
  find: (state) => around(state, ({ attrs }) => attrs.type === 'callout'),
  controls: (view, where) =>
    TONES.map((tone): Control => {
      const element = document.createElement('button')
      element.type = 'button'
      element.textContent = tone[0]?.toUpperCase() + tone.slice(1)
      element.addEventListener('click', () => {
        const found = where()
        if (!found) return
        begin(view.state)
        view.dispatch(view.state.tr.setNodeAttribute(found.pos, 'tone', tone))
      })
      return {
        element,
        update(_state, { node }) {
          element.setAttribute('aria-pressed', String((node.attrs.tone ?? 'note') === tone))
        }
      }
    })
}

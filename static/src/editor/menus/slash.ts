/** What a slash offers: all that the catalogue has and that can be where the caret is. */

import { nearest, THINGS } from './catalogue'
import type { Source } from './suggesting'

export const slash: Source = {
  sign: '/',
  label: 'Insert',
  find: (query, state) =>
    nearest(
      query,
      THINGS.filter(({ run }) => run(state))
    ).map((thing) => ({
      ...thing,
      group: query ? 'Found' : thing.group,
      choose(view) {
        thing.run(view.state, view.dispatch, view)
        view.focus()
      }
    }))
}

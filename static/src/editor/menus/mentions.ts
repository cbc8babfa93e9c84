/** What the sign of a mention offers: the people who are here, and those who wrote here before. */

import type { Roster } from '../../collab/roster'
import { nodeType } from '../schema'
import { nearest } from './catalogue'
import type { Source } from './suggesting'

const SHOWN_MAX = 8

export interface Known {
  readonly name: string
  readonly isHere: boolean
}

export function mentions(people: () => readonly Known[]): Source {
  return {
    sign: '@',
    label: 'Mention',
    find: (query) =>
      nearest(query, people())
        .slice(0, SHOWN_MAX)
        .map(({ name, isHere }) => ({
          name,
          group: isHere ? 'Here now' : 'Wrote here',
          icon: 'person',
          choose(view) {
            // The name is all that is known of somebody everywhere.
            const mention = nodeType('mention').create({ id: name, label: name, kind: 'user' })
            const { tr } = view.state
            view.dispatch(tr.replaceSelectionWith(mention, false).insertText(' ').scrollIntoView())
            view.focus()
          }
        }))
  }
}

/** Return everybody once, those who are here first. */
export function everybody(here: readonly string[], wrote: readonly string[]): Known[] {
  const present = new Set(here)
  const past = [...new Set(wrote)].filter((name) => !present.has(name))
  return [
    ...[...present].map((name) => ({ name, isHere: true })),
    ...past.map((name) => ({ name, isHere: false }))
  ]
}

/** Return what tells who is known, but for oneself; it asks once who wrote. */
export function whoIsKnown(
  roster: Roster,
  client: number,
  askWhoWrote: () => Promise<readonly string[]>
): () => Known[] {
  let wrote: readonly string[] = []
  askWhoWrote().then(
    (names) => {
      wrote = names
    },
    () => {
      // Who cannot be asked for is not offered.
    }
  )
  return () => {
    const here = roster.people.peek().filter((each) => each.client !== client)
    return everybody(
      here.map(({ name }) => name),
      wrote
    )
  }
}

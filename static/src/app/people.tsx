/** Who is here: a round sign for each, with their name; more than fit are counted. */

import { hueOf, type Person } from '../collab/roster'

const SHOWN_MAX = 4

export function People({ people, client }: { people: readonly Person[]; client: number }) {
  const others = firstOfEach(people.filter((each) => each.client !== client))
  const more = others.length - SHOWN_MAX
  if (others.length === 0) return null
  return (
    <ul class="people" aria-label="Also here">
      {others.slice(0, SHOWN_MAX).map((each) => (
        <li key={each.session} class={`avatar hue-${hueOf(each.name)}`} title={described(each)}>
          <span aria-hidden="true">{initials(each.name)}</span>
          <span class="visually-hidden">{described(each)}</span>
        </li>
      ))}
      {more > 0 && <li class="avatar more">+{more}</li>}
    </ul>
  )
}

/** Somebody with several windows open is one person. */
function firstOfEach(people: readonly Person[]): Person[] {
  return [...new Map(people.map((each) => [described(each), each])).values()]
}

function described({ name, kind }: Person): string {
  return kind === 'user' || name.toLowerCase() === kind ? name : `${name} (${kind})`
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}

/**
 * Who is here: a round sign for each, with their name; a click follows them. Those that do not fit
 * are counted, and listed when one asks. What is no user, a guest or an agent, has another shape.
 */

import { called, hueOf, type Person } from '../collab/roster'

const SHOWN_MAX = 5

interface Props {
  readonly people: readonly Person[]
  /** The client id under which this page writes. */
  readonly client: number
  readonly followed: number | null
  readonly onFollow: (client: number) => void
}

export function People({ people, client, followed, onFollow }: Props) {
  const others = othersIn(people, client)
  const more = others.length - SHOWN_MAX
  if (others.length === 0) return null
  const sign = (each: Person) => (
    <li key={each.session}>
      <Sign person={each} isFollowed={isFollowed(each, followed)} onFollow={onFollow} />
    </li>
  )
  return (
    <div class="people">
      <ul aria-label="Also here">{others.slice(0, SHOWN_MAX).map(sign)}</ul>
      {more > 0 && (
        <>
          <button type="button" class="avatar more" popovertarget="everybody">
            <span aria-hidden="true">+{more}</span>
            <span class="visually-hidden">{more} more people</span>
          </button>
          <div id="everybody" popover="auto" class="everybody">
            <h2>Also here</h2>
            <ul>{others.map(sign)}</ul>
          </div>
        </>
      )}
    </div>
  )
}

interface SignProps {
  readonly person: Person
  readonly isFollowed: boolean
  readonly onFollow: (client: number) => void
}

function Sign({ person, isFollowed, onFollow }: SignProps) {
  const { client, kind, name } = person
  return (
    <button
      type="button"
      class="person"
      title={isFollowed ? `You follow ${called(person)}` : `Follow ${called(person)}`}
      aria-pressed={isFollowed}
      disabled={client === null}
      onClick={() => client !== null && onFollow(client)}
    >
      <span class={`avatar hue-${hueOf(called(person))}`} data-kind={kind} aria-hidden="true">
        {initials(name)}
      </span>
      <span class="visually-hidden">Follow </span>
      <bdi class="called">{called(person)}</bdi>
    </button>
  )
}

/** Return everybody but this page; somebody with several windows open is one person. */
export function othersIn(people: readonly Person[], client: number): Person[] {
  const others = people.filter((each) => each.client !== client)
  return [...new Map(others.map((each) => [called(each), each])).values()]
}

function isFollowed({ client }: Person, followed: number | null): boolean {
  return client !== null && client === followed
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}

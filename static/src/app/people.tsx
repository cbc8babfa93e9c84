/**
 * Who is here: oneself, and a round sign for each other, with their name; a click follows them. Those
 * that do not fit are counted, and listed when one asks. What is no user, a guest or an agent, has
 * another shape.
 */

import type { ComponentChildren } from 'preact'
import { called, huesIn, keyOf, type Person } from '../collab/roster'
import { Oneself } from './oneself'

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
  const self = people.find((each) => each.client === client)
  const hues = huesIn(people)
  const avatar = (each: Person) => <Avatar person={each} hue={hues.get(keyOf(each)) ?? 0} />
  const sign = (each: Person) => (
    <li key={each.session}>
      <Sign
        person={each}
        name={self && keyOf(each) === keyOf(self) ? 'you, in another window' : called(each)}
        isFollowed={isFollowed(each, followed)}
        onFollow={onFollow}
      >
        {avatar(each)}
      </Sign>
    </li>
  )
  return (
    <div class="people">
      {self && <Oneself self={self}>{avatar(self)}</Oneself>}
      {others.length > 0 && <ul aria-label="Also here">{others.slice(0, SHOWN_MAX).map(sign)}</ul>}
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

function Avatar({ person, hue }: { person: Person; hue: number }) {
  return (
    <span class={`avatar hue-${hue}`} data-kind={person.kind} aria-hidden="true">
      {initials(person.name)}
    </span>
  )
}

interface SignProps {
  readonly person: Person
  readonly name: string
  readonly children: ComponentChildren
  readonly isFollowed: boolean
  readonly onFollow: (client: number) => void
}

function Sign({ person: { client }, name, isFollowed, onFollow, children }: SignProps) {
  return (
    <button
      type="button"
      class="person"
      title={isFollowed ? `You follow ${name}` : `Follow ${name}`}
      aria-pressed={isFollowed}
      disabled={client === null}
      onClick={() => client !== null && onFollow(client)}
    >
      {children}
      <span class="visually-hidden">Follow </span>
      <bdi class="called">{name}</bdi>
    </button>
  )
}

/** Return everybody but this page; a user with several windows open is one person. */
export function othersIn(people: readonly Person[], client: number): Person[] {
  const others = people.filter((each) => each.client !== client)
  return [...new Map(others.map((each) => [keyOf(each), each])).values()]
}

function isFollowed({ client }: Person, followed: number | null): boolean {
  return client !== null && client === followed
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word && !word.startsWith('('))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}

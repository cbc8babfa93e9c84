/** People in one room are told apart by their colours, by everybody alike. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { othersIn } from '../src/app/people'
import { hueOf, huesIn, type Person } from '../src/collab/roster'

function people(...names: string[]): Person[] {
  return names.map((name, number) => {
    return { name, kind: 'user', session: `session ${number}`, client: number }
  })
}

test('no two of eight people have the same colour', () => {
  const hues = huesIn(people('Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gil', 'Hal'))
  assert.equal(new Set(hues.values()).size, 8)
})

test('whoever came first has the colour of their name', () => {
  for (const name of ['Ada', 'Ben', 'Cleo', 'Dan'])
    assert.equal(huesIn(people(name, 'Ann', 'Bob')).get(name), hueOf(name))
})

test('a ninth has the colour of their name, and of somebody else', () => {
  const hues = huesIn(people(...'abcdefghi'))
  assert.equal(hues.size, 9)
  assert.equal(hues.get('i'), hueOf('i'))
})

test('a user is one person in several windows, and guests are each their own', () => {
  const [one, other, guest, second] = people('Ann', 'Ann', 'Guest', 'Guest') as [
    Person,
    Person,
    Person,
    Person
  ]
  const guests = [guest, second].map((each) => ({ ...each, kind: 'guest' }))
  assert.equal(othersIn([one, other, ...guests], 99).length, 3)
  assert.equal(new Set(huesIn([one, other, ...guests]).values()).size, 3)
})

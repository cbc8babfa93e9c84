/** What the shell asks of the server. A refusal is an error whose message can be shown. */

import type { Person } from '../collab/roster'

const AWAY = 'The server cannot be reached.'

export class Refused extends Error {}

function pathOf(document: string, rest = ''): string {
  return `/api/documents/${encodeURIComponent(document)}${rest}`
}

async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const sent = body && {
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' }
  }
  return (await reach(path, { method, ...sent })).json()
}

async function reach(path: string, request: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, request)
  } catch {
    throw new Refused(AWAY)
  }
  if (answer.ok) return answer
  const told = await answer.json().catch(() => ({}))
  throw new Refused(told.detail ?? `The server answered ${answer.status}.`)
}

/** Have this browser's guest called by a name from now on; without one, as all guests are. */
export async function sayName(name: string): Promise<void> {
  await reach('/name', { method: 'POST', body: new URLSearchParams({ name, back: '/healthz' }) })
}

/** Create a page to write on; return the version from which on it is there. */
export async function createPage(id: string, title = ''): Promise<number> {
  const wish = { id, title, kind: 'page' }
  return (await call<{ version: number }>('POST', '/api/documents', wish)).version
}

/** Return which CRDT history a document has, as of a version at least. */
export async function lineageOf(document: string, version: number): Promise<string> {
  const path = pathOf(document, `?min_version=${version}`)
  return (await call<{ lineage: string }>('GET', path)).lineage
}

/** Give a document a title; return the version from which on it has it. */
export async function rename(document: string, title: string): Promise<number> {
  return versionOf(call('PATCH', pathOf(document), { title }))
}

/** Return which title a document has, as of a version at least. */
export async function titleOf(document: string, version: number): Promise<string> {
  const path = pathOf(document, `?min_version=${version}`)
  return (await call<{ title: string }>('GET', path)).title
}

/** Put a document into the trash; return the version from which on it is there. */
export async function trash(document: string): Promise<number> {
  return versionOf(call('DELETE', pathOf(document)))
}

/** Take a document out of the trash; return the version from which on it is back. */
export async function restore(document: string): Promise<number> {
  return versionOf(call('POST', pathOf(document, '/commands/restore'), {}))
}

async function versionOf(done: Promise<{ version: number }>): Promise<number> {
  return (await done).version
}

export async function whoIsHere(document: string): Promise<readonly Person[]> {
  const told = await call<{ sessions: Person[] }>('GET', pathOf(document, '/presence'))
  return told.sessions
}

/** Return the names of those who wrote in a document lately. */
export async function whoWrote(document: string): Promise<readonly string[]> {
  type History = { entries: Array<{ actor: string }> }
  const told = await call<History>('GET', pathOf(document, '/history?limit=100'))
  return [...new Set(told.entries.map(({ actor }) => actor))]
}

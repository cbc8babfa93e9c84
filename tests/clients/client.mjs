/**
 * A host of stock clients, led by lines of JSON: `{"id": 1, "op": "create", ...}` on standard
 * input, `{"id": 1, "result": ...}` or `{"id": 1, "error": "..."}` on standard output.
 */

import { createInterface } from 'node:readline'
import * as Y from 'yjs'
import { until } from './lib/activity.mjs'
import { contents, difference } from './lib/contents.mjs'
import { edit } from './lib/edits.mjs'
import { HocuspocusClient } from './lib/hocuspocus.mjs'
import { randomEdits } from './lib/random-edits.mjs'
import { Prepared, replay, send } from './lib/sessions.mjs'
import { YWebsocketClient } from './lib/y-websocket.mjs'

const TIMEOUT_MS = 10_000
const WINDOW = 64

const clients = new Map()
const prepared = new Map()
/** What nobody caught: a stock client that throws is a failed test. */
const uncaught = []

const OPS = {
  create: options => {
    const Kind = options.kind.startsWith('hocuspocus') ? HocuspocusClient : YWebsocketClient
    clients.set(options.client, new Kind(options))
  },
  connect: ({ client }) => the(client).connect(),
  disconnect: async ({ client, timeout }) => {
    the(client).disconnect()
    await reach(client, { connected: false }, timeout)
  },
  drop: ({ client }) => the(client).drop(),
  detach: ({ client }) => the(client).detach(),
  attach: ({ client }) => the(client).attach(),
  destroy: ({ client }) => {
    the(client).destroy()
    clients.delete(client)
  },
  stateless: ({ client, payload }) => the(client).sendStateless(payload),

  edit: ({ client, edits }) => edit(the(client), edits),
  randomEdits: ({ client, seed, count, undo }) => randomEdits(the(client), seed, count, { undo }),
  applyUpdate: ({ client, update }) =>
    Y.applyUpdate(the(client).doc, Buffer.from(update, 'base64'), 'relay'),
  relay: ({ client, from }) => {
    const { doc } = the(client)
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(the(from).doc, Y.encodeStateVector(doc)), 'relay')
  },
  setAwareness: ({ client, state }) => the(client).awareness.setLocalState(state),

  replay: ({ client, patches, window = WINDOW, timeout = TIMEOUT_MS }) =>
    replay(the(client), patches, { window, timeout }),
  prepare: ({ name, session, clientIDs }) => {
    const made = new Prepared(session, clientIDs)
    prepared.set(name, made)
    return { texts: made.texts, updates: made.updates.map(each => each.length) }
  },
  sendPrepared: ({ client, name, agent, window = WINDOW, timeout = TIMEOUT_MS }) =>
    send(the(client), prepared.get(name).updates[agent], { window, timeout }),

  read: ({ client, what }) => Object.fromEntries(what.map(each => [each, READ[each](the(client))])),
  updateSince: ({ client, stateVector }) =>
    base64(Y.encodeStateAsUpdate(the(client).doc, Buffer.from(stateVector, 'base64'))),
  difference: ({ client, other }) => difference(the(client).doc, the(other).doc),
  wait: ({ client, until: state, timeout }) => reach(client, state, timeout),
  settle: ({ clients: names, timeout }) => settled(names.map(the), timeout),
  uncaught: () => uncaught
}

/** What can be read of a client. */
const READ = {
  text: ({ roots }) => roots.text.toString(),
  contents: ({ doc }) => contents(doc),
  stateVector: ({ doc }) => base64(Y.encodeStateVector(doc)),
  update: ({ doc }) => base64(Y.encodeStateAsUpdate(doc)),
  clientID: ({ doc }) => doc.clientID,
  awareness: ({ awareness }) => Object.fromEntries(awareness.getStates()),
  connected: ({ connected }) => connected,
  synced: ({ synced }) => synced,
  saved: ({ saved }) => saved,
  inFlight: ({ inFlight }) => inFlight,
  unsynced: ({ unsynced }) => unsynced,
  unsyncedMin: ({ unsyncedMin }) => unsyncedMin,
  scope: ({ scope }) => scope,
  events: ({ events }) => events
}

/** States that can be waited for: `(client, wanted value)`. */
const STATES = {
  connected: (client, wanted) => client.connected === wanted,
  synced: (client, wanted) => client.synced === wanted,
  saved: (client, wanted) => client.saved === wanted,
  text: ({ roots }, wanted) => roots.text.length === wanted.length && roots.text.toString() === wanted,
  contains: ({ roots }, wanted) => roots.text.toString().includes(wanted),
  states: ({ awareness }, wanted) => awareness.getStates().size === wanted,
  unsynced: ({ unsynced }, wanted) => unsynced === wanted,
  event: (client, wanted) => client.seen(wanted),
  equals: ({ doc }, other) => difference(doc, the(other).doc) === null
}

function reach (name, states, timeout = TIMEOUT_MS) {
  const client = the(name)
  const ready = () => Object.entries(states).every(([state, wanted]) => STATES[state](client, wanted))
  return until(ready, timeout, () => {
    const unequal = states.equals && difference(client.doc, the(states.equals).doc)
    const wanted = JSON.stringify(states).slice(0, 300)
    return `${wanted} of ${client}${unequal ? `; ${unequal}; ${the(states.equals)}` : ''}`
  })
}

/** Wait until all clients have everything saved and are equal, all at the same moment. */
function settled ([first, ...others], timeout = TIMEOUT_MS) {
  const unequal = () => others
    .map(({ name, doc }) => [name, difference(first.doc, doc)])
    .filter(([, found]) => found !== null)
  const ready = () => [first, ...others].every(({ saved }) => saved) && unequal().length === 0
  return until(ready, timeout, () => `all equal; ${[first, ...others].join(' ')} ${unequal()}`)
}

function the (name) {
  const client = clients.get(name)
  if (client === undefined) throw new Error(`There is no client ${name}.`)
  return client
}

function base64 (bytes) {
  return Buffer.from(bytes).toString('base64')
}

async function answer (line) {
  const { id, op, ...options } = JSON.parse(line)
  try {
    if (!(op in OPS)) throw new Error(`There is no operation ${op}.`)
    const result = await OPS[op](options)
    return { id, result: result ?? null }
  } catch (error) {
    return { id, error: error.message }
  }
}

process.on('uncaughtException', error => uncaught.push(error.stack))
process.on('unhandledRejection', error => uncaught.push(error?.stack ?? `${error}`))
// Standard output is for answers; what the clients' libraries say goes beside it.
console.log = console.info = console.error

const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
lines.on('line', async line => {
  process.stdout.write(JSON.stringify(await answer(line)) + '\n')
})
lines.on('close', () => process.exit())

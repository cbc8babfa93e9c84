/**
 * Recorded editing sessions: typed anew by a client, or prepared offline, one document per
 * writer, and sent through each writer's own socket.
 */

import * as Y from 'yjs'
import { until } from './activity.mjs'

/**
 * Type patches `[position, deleted, inserted]`, each in a transaction of its own, with at most
 * `window` of them not yet taken. Positions count Unicode code points.
 */
export async function replay (client, patches, { window, timeout }) {
  const cursor = new CodePoints(client.roots.text)
  for (const patch of patches) {
    client.doc.transact(() => cursor.apply(patch), 'replay')
    if (client.inFlight >= window) await roomFor(client, window, timeout)
  }
}

/** What each writer of a concurrent session sent, as their own documents had it. */
export class Prepared {
  /** For each writer, `{ update, before }`: an update, and what it builds on. */
  updates

  #docs
  #known
  #heads = []
  #sent = []

  /** @param {{ numAgents: number, txns: object[] }} session */
  constructor ({ numAgents, txns }, clientIDs) {
    this.#docs = Array.from({ length: numAgents }, (_, agent) => {
      const doc = new Y.Doc()
      doc.clientID = clientIDs[agent]
      return doc
    })
    this.#known = this.#docs.map(() => new Set())
    this.updates = this.#docs.map(() => [])
    txns.forEach((txn, index) => this.#play(txn, index, txns))
    const all = txns.map((_, index) => index)
    this.#docs.forEach((_, agent) => this.#merge(agent, all, txns))
    this.texts = this.#docs.map(doc => doc.getText('text').toString())
  }

  #play ({ agent, parents, patches }, index, txns) {
    const doc = this.#docs[agent]
    this.#merge(agent, parents, txns)
    const before = Y.decodeStateVector(Y.encodeStateVector(doc))
    const cursor = new CodePoints(doc.getText('text'))
    let sent = null
    const keep = update => { sent = update }
    doc.once('update', keep)
    doc.transact(() => patches.forEach(patch => cursor.apply(patch)))
    doc.off('update', keep)
    this.#known[agent].add(index)
    this.#sent[index] = sent
    if (sent !== null) this.updates[agent].push({ update: sent, before })
  }

  /** Let a writer see what the given transactions saw, and these themselves. */
  #merge (agent, heads, txns) {
    const known = this.#known[agent]
    const missing = []
    const open = heads.filter(index => !known.has(index))
    while (open.length > 0) {
      const index = open.pop()
      if (known.has(index)) continue
      known.add(index)
      missing.push(index)
      open.push(...txns[index].parents)
    }
    for (const index of missing.sort((a, b) => a - b)) {
      if (this.#sent[index] !== null) Y.applyUpdate(this.#docs[agent], this.#sent[index])
    }
  }
}

/** Send a writer's updates through a client: each once what it builds on has come. */
export async function send (client, updates, { window, timeout }) {
  for (const { update, before } of updates) {
    if (!has(client.doc, before)) {
      await until(
        () => has(client.doc, before), timeout,
        () => `an update builds on what has not come; ${client}`
      )
    }
    Y.applyUpdate(client.doc, update, 'prepared')
    if (client.inFlight >= window) await roomFor(client, window, timeout)
  }
}

function roomFor (client, window, timeout) {
  return until(() => client.inFlight < window, timeout, () => `${window} in flight; ${client}`)
}

function has (doc, stateVector) {
  for (const [id, clock] of stateVector) {
    if (Y.getState(doc.store, id) < clock) return false
  }
  return true
}

/** Applies patches counted in code points to a Y.Text, which counts UTF-16 units. */
class CodePoints {
  #text
  /** Whether the text has had characters of two units; until then both counts are one. */
  #astral

  constructor (text) {
    this.#text = text
    this.#astral = isAstral(text.toString())
  }

  apply ([position, deleted, inserted]) {
    this.#astral ||= isAstral(inserted)
    const [start, end] = this.#astral
      ? this.#units(position, position + deleted)
      : [position, position + deleted]
    if (end > start) this.#text.delete(start, end - start)
    if (inserted !== '') this.#text.insert(start, inserted)
  }

  #units (start, end) {
    const points = [...this.#text.toString()]
    const before = points.slice(0, start).join('').length
    return [before, before + points.slice(start, end).join('').length]
  }
}

function isAstral (text) {
  return /[\ud800-\udfff]/.test(text)
}

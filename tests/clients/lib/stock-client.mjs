/** A stock client and its document, whatever its kind: how a test sees and moves it. */

import WebSocket from 'ws'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { changed } from './activity.mjs'
import { openRoots } from './contents.mjs'

export const RECONNECT_MS_MAX = 300

export class StockClient {
  /** What happened to the client, oldest first: `{ kind, ... }`. */
  events = []

  /** @param {{ client: string, kind: string, clientID?: number, gc?: boolean }} options */
  constructor ({ client, kind, clientID, gc = true }) {
    this.name = client
    this.kind = kind
    this.doc = new Y.Doc({ gc })
    if (clientID !== undefined) this.doc.clientID = clientID
    this.roots = openRoots(this.doc)
    this.awareness = new Awareness(this.doc)
    this.doc.on('update', changed)
    this.awareness.on('change', changed)
  }

  /** What was written here and is not known to have been taken. */
  get inFlight () {
    throw new Error('abstract')
  }

  /** Whether all that was written here is known to have been taken. */
  get saved () {
    return this.connected && this.synced && this.inFlight === 0
  }

  get undoManager () {
    this.undo ??= new Y.UndoManager(Object.values(this.roots), {
      captureTimeout: 0, trackedOrigins: new Set(['random'])
    })
    return this.undo
  }

  record (kind, detail = {}) {
    this.events.push({ kind, ...detail })
    changed()
  }

  seen (kind) {
    return this.events.some(event => event.kind === kind)
  }

  /** Say how it stands, for whoever waited in vain. */
  toString () {
    const text = this.roots.text.toString()
    return JSON.stringify({
      client: this.name,
      kind: this.kind,
      connected: this.connected,
      synced: this.synced,
      inFlight: this.inFlight,
      text: text.length > 100 ? `${text.length} characters` : text,
      states: this.awareness.getStates().size,
      events: this.events.slice(-8)
    })
  }
}

/**
 * Return ws's WebSocket with an ear at it.
 *
 * @param {{ message?: (bytes: Uint8Array) => void, sent?: (bytes: Uint8Array) => void,
 *   closed: (code: number, reason: string) => void, opened?: (socket: WebSocket) => void }} ear
 */
export function overheard ({ message, sent, closed, opened }) {
  return class extends WebSocket {
    constructor (...options) {
      super(...options)
      opened?.(this)
      // A browser's socket that is closed before it is open says so and no more; in Node an
      // error that nobody listens to is thrown.
      this.on('error', () => {})
      if (message) this.on('message', bytes => message(new Uint8Array(bytes)))
      this.on('close', (code, reason) => closed(code, reason.toString()))
    }

    send (data, ...options) {
      sent?.(data)
      super.send(data, ...options)
    }
  }
}

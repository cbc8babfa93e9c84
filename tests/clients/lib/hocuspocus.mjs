/** Hocuspocus' provider, in its versions; several may share a socket. */

import * as decoding from 'lib0/decoding'
import * as version2 from 'hocuspocus-provider-2'
import * as version3 from 'hocuspocus-provider-3'
import * as version4 from 'hocuspocus-provider-4'
import { changed } from './activity.mjs'
import { overheard, RECONNECT_MS_MAX, StockClient } from './stock-client.mjs'

const LIBRARIES = {
  'hocuspocus-2': version2, 'hocuspocus-3': version3, 'hocuspocus-4': version4
}

const MESSAGE_SYNC = 0
const MESSAGE_SYNC_STATUS = 8
const SYNC_STEP1 = 0
const SYNC_STEP2 = 1
const SYNC_UPDATE = 2

/** A connection, for one provider or for several. */
class Socket {
  clients = new Set()
  current = null

  constructor (kind, url) {
    this.provider = new LIBRARIES[kind].HocuspocusProviderWebsocket({
      url,
      connect: false,
      autoConnect: false,
      delay: RECONNECT_MS_MAX / 3,
      minDelay: RECONNECT_MS_MAX / 10,
      maxDelay: RECONNECT_MS_MAX,
      WebSocketPolyfill: overheard({
        opened: socket => { this.current = socket },
        message: bytes => this.#overhear(bytes),
        sent: bytes => this.#count(bytes),
        closed: (code, reason) => {
          for (const client of this.clients) client.record('closed', { code, reason })
        }
      })
    })
  }

  /** Return how many updates of a document wait to be sent once the connection is up. */
  queuedUpdates (address) {
    return this.provider.messageQueue.filter(message => {
      const decoder = decoding.createDecoder(message)
      return decoding.readVarString(decoder) === address &&
        decoding.readVarUint(decoder) === MESSAGE_SYNC &&
        decoding.readVarUint(decoder) === SYNC_UPDATE
    }).length
  }

  #count (bytes) {
    if (bytes.length < 2) return // A pong has no address.
    const decoder = decoding.createDecoder(bytes)
    const address = decoding.readVarString(decoder)
    if (decoding.readVarUint(decoder) !== MESSAGE_SYNC) return
    const step = decoding.readVarUint(decoder)
    for (const client of this.clients) {
      if (client.address === address) client.sent(step)
    }
  }

  #overhear (bytes) {
    if (bytes.length < 2) return // A ping has no address.
    const decoder = decoding.createDecoder(bytes)
    const address = decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    if (type === MESSAGE_SYNC || type === MESSAGE_SYNC_STATUS) {
      const word = decoding.readVarUint(decoder)
      for (const client of this.clients) {
        if (client.address !== address) continue
        if (type === MESSAGE_SYNC_STATUS) client.settle(word === 1)
        else if (word === SYNC_STEP1) client.asked()
      }
    }
    changed()
  }
}

/** Sockets that several clients share, by name. */
const shared = new Map()

export class HocuspocusClient extends StockClient {
  /** The lowest count of unsynced changes ever seen. */
  unsyncedMin = 0

  #socket
  #socketName
  #owed = 0
  #unanswered = 0

  constructor (options) {
    super(options)
    const { kind, url, socket, document, token, sessionAwareness, connect = true } = options
    this.#socketName = socket
    this.#socket = shared.get(socket) ?? new Socket(kind, url)
    if (socket !== undefined) shared.set(socket, this.#socket)
    this.#socket.clients.add(this)
    this.provider = new LIBRARIES[kind].HocuspocusProvider({
      websocketProvider: this.#socket.provider,
      name: document,
      document: this.doc,
      awareness: this.awareness,
      token: token ?? null,
      broadcast: false,
      ...(sessionAwareness === undefined ? {} : { sessionAwareness }),
      ...this.#listeners()
    })
    this.provider.on('open', () => { this.#owed = this.#unanswered = 0 })
    this.provider.on('unsyncedChanges', () => {
      this.unsyncedMin = Math.min(this.unsyncedMin, this.provider.unsyncedChanges)
      changed()
    })
    this.provider.attach?.()
    if (connect && this.#socket.provider.status === 'disconnected') this.#socket.provider.connect()
  }

  get connected () {
    return this.#socket.provider.status === 'connected'
  }

  get synced () {
    return this.provider.synced
  }

  /**
   * How many acknowledgements are owed, counted at the socket. The provider's own count,
   * `unsyncedChanges`, leaves out what it queued while it was offline, a second SyncStep1 included:
   * then it falls too low.
   */
  get inFlight () {
    return this.#owed + this.#socket.queuedUpdates(this.address)
  }

  get unsynced () {
    return this.provider.unsyncedChanges
  }

  /** The name by which the client's messages go. */
  get address () {
    return this.provider.effectiveName ?? this.provider.configuration.name
  }

  get scope () {
    return this.provider.authorizedScope
  }

  connect () {
    this.#socket.provider.connect()
  }

  disconnect () {
    this.#socket.provider.disconnect()
  }

  /** Leave the document; the socket stays for others. */
  detach () {
    if (this.provider.detach) this.provider.detach()
    else this.provider.disconnect()
  }

  /** Come back to the document. */
  attach () {
    if (this.provider.attach) this.provider.attach()
    else this.provider.connect()
  }

  /** Cut the connection, as a network does. */
  drop () {
    this.#socket.current?.terminate()
  }

  destroy () {
    this.provider.destroy()
    this.#socket.clients.delete(this)
    if (this.#socket.clients.size === 0) {
      shared.delete(this.#socketName)
      this.#socket.provider.destroy()
    }
    this.doc.destroy()
  }

  /**
   * Take note of what the server has to acknowledge: each update, each handshake, and a SyncStep2
   * that nobody asked for. The provider sends one of those when the last connection closed before
   * it could answer: it keeps its answer for the next.
   */
  sent (step) {
    if (step !== SYNC_STEP2) this.#owed++
    else if (this.#unanswered > 0) this.#unanswered--
    else this.#owed++
    changed()
  }

  /** Take note of a SyncStep1, which the provider answers. */
  asked () {
    this.#unanswered++
  }

  /** Take note of an acknowledgement or a refusal. */
  settle (applied) {
    if (applied) this.#owed--
    else this.record('refused')
  }

  /** Send a message of the application's own. */
  sendStateless (payload) {
    this.provider.sendStateless(payload)
  }

  #listeners () {
    const tell = kind => (detail = {}) => this.record(kind, detail)
    return {
      onStatus: ({ status }) => this.record('status', { status }),
      onSynced: () => this.record('synced'),
      onAuthenticated: () => this.record('authenticated', { scope: this.scope }),
      onAuthenticationFailed: tell('authenticationFailed'),
      onStateless: tell('stateless'),
      onClose: ({ event }) => this.record('detached', { code: event.code, reason: event.reason })
    }
  }
}

/** y-websocket's provider, in its versions. */

import { WebsocketProvider as Version2 } from 'y-websocket-2'
import { WebsocketProvider as Version3 } from 'y-websocket-3'
import { WebsocketProvider as Version31 } from 'y-websocket-3.1'
import { changed } from './activity.mjs'
import { overheard, RECONNECT_MS_MAX, StockClient } from './stock-client.mjs'
import { Unconfirmed } from './unconfirmed.mjs'

const PROVIDERS = {
  'y-websocket-2': Version2, 'y-websocket-3': Version3, 'y-websocket-3.1': Version31
}

export class YWebsocketClient extends StockClient {
  #unconfirmed = new Unconfirmed()
  #socket = null

  constructor (options) {
    super(options)
    const { kind, url, document, token, connect = true } = options
    this.doc.on('update', (update, origin) => {
      if (origin !== this.provider) this.#unconfirmed.add(update)
    })
    this.provider = new PROVIDERS[kind](url, document, this.doc, {
      connect: false,
      awareness: this.awareness,
      params: token === undefined ? {} : { token },
      disableBc: true,
      maxBackoffTime: RECONNECT_MS_MAX,
      WebSocketPolyfill: overheard({
        opened: socket => { this.#socket = socket },
        message: bytes => this.#overhear(bytes),
        closed: (code, reason) => this.record('closed', { code, reason })
      })
    })
    this.provider.on('status', ({ status }) => this.record('status', { status }))
    this.provider.on('sync', state => this.record('synced', { state }))
    if (connect) this.provider.connect()
  }

  get connected () {
    return this.provider.wsconnected
  }

  get synced () {
    return this.provider.synced
  }

  get inFlight () {
    return this.#unconfirmed.size
  }

  connect () {
    this.provider.connect()
  }

  disconnect () {
    this.provider.disconnect()
  }

  /** Cut the connection, as a network does. */
  drop () {
    this.#socket?.terminate()
  }

  destroy () {
    this.provider.destroy()
    this.awareness.destroy()
    this.doc.destroy()
  }

  #overhear (bytes) {
    const denied = this.#unconfirmed.receive(bytes)
    if (denied !== null) this.record('denied', { reason: denied })
    changed()
  }
}

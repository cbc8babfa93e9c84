/**
 * One document, joined with the server and with its copy on this device; says how saving stands.
 *
 * Wraps Hocuspocus' provider (gathering.ts). Knows no editor.
 */

import { HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { type Signal, signal } from '@preact/signals'
import * as Y from 'yjs'
import { GatheringProvider } from './gathering'
import { DeviceCopy } from './offline'
import { Receipts } from './receipts'
import {
  BEGINNING,
  evolve,
  type Happening,
  type Saving,
  type Standing,
  saving,
  wouldLose
} from './status'

const RETRY_MILLISECONDS = 500
const RETRY_MILLISECONDS_MAX = 5000
/** Where our own editor, and most others, keep the text. */
export const ROOT = 'default'

export interface Place {
  /** Where the socket connects; it names the lineage, so that no other is ever merged. */
  readonly url: string
  readonly document: string
  /** The name of the copy on this device. */
  readonly copy: string
}

/** A socket that can be given up: closing it waits for an answer, which nobody may send. */
class Socket extends HocuspocusProviderWebsocket {
  giveUp(): void {
    this.emit('close', { event: { code: 1001, reason: 'no network' } })
  }
}

export class Collaboration {
  readonly doc = new Y.Doc()
  readonly saving: Signal<Saving>
  readonly writable = signal(true)
  readonly provider: GatheringProvider
  #standing: Standing = BEGINNING
  #receipts = new Receipts()
  #copy: DeviceCopy | null = null
  #socket: Socket
  #arrived: () => void = () => {}
  /** Settled once there is something to show: from the server, or from this device. */
  readonly arrived = new Promise<void>((resolve) => {
    this.#arrived = resolve
  })

  constructor(private readonly place: Place) {
    this.saving = signal(saving(BEGINNING))
    // Before the provider, so that an edit is known before it is sent.
    this.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (!this.#isOwn(origin)) return
      this.#receipts.edited()
      this.#happened({ type: 'edited' })
    })
    this.#socket = new Socket({
      url: place.url,
      autoConnect: false,
      delay: RETRY_MILLISECONDS,
      minDelay: RETRY_MILLISECONDS,
      maxDelay: RETRY_MILLISECONDS_MAX,
      WebSocketPolyfill: this.#overheard()
    })
    this.provider = new GatheringProvider({
      websocketProvider: this.#socket,
      name: place.document,
      document: this.doc,
      token: null
    })
    this.#listen()
  }

  get fragment(): Y.XmlFragment {
    return this.doc.getXmlFragment(ROOT)
  }

  /** Bring what this device has, then connect. */
  async open(): Promise<void> {
    this.#copy = await DeviceCopy.open(
      this.place.copy,
      this.doc,
      (device) => this.#happened({ type: 'device', device }),
      (origin) => this.#isOwn(origin)
    )
    if (this.#copy?.unsaved) this.#happened({ type: 'edited' })
    if (this.fragment.length > 0) this.#arrived()
    this.provider.attach()
    void this.#socket.connect()
  }

  /** Tell whether leaving the page now would lose what was written. */
  wouldLose(): boolean {
    return wouldLose(this.#standing)
  }

  /** Take note that what was written here is safe elsewhere, in a document of its own. */
  rescued(): void {
    this.#copy?.settled()
    this.#happened({ type: 'settled' })
  }

  close(): void {
    window.removeEventListener('online', this.#reconnect)
    window.removeEventListener('offline', this.#doubt)
    this.#copy?.close()
    this.provider.destroy()
    this.#socket.destroy()
    this.doc.destroy()
  }

  #reconnect = (): void => {
    void this.#socket.connect()
  }

  /**
   * The device says that it has no network. A socket notices only after a while; a new one tells at
   * once. (It may open: a server on this very machine is there without a network.)
   */
  #doubt = (): void => {
    if (this.#socket.webSocket?.readyState !== WebSocket.OPEN) return
    this.#socket.giveUp()
  }

  #isOwn(origin: unknown): boolean {
    return origin !== this.provider && origin !== DeviceCopy
  }

  #listen(): void {
    const { provider } = this
    window.addEventListener('online', this.#reconnect)
    window.addEventListener('offline', this.#doubt)
    provider.on('authenticated', ({ scope }: { scope: string }) => {
      this.#happened({ type: 'admitted', writable: scope === 'read-write' })
    })
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => {
      this.#happened({ type: 'refused', reason })
    })
    provider.on('close', ({ event }: { event: { reason: string } }) => {
      // The server may end one document's stay and leave the socket open.
      const socketStays = this.#socket.webSocket?.readyState === WebSocket.OPEN
      this.#happened(socketStays ? { type: 'refused', reason: event.reason } : { type: 'closed' })
    })
  }

  #heard(): void {
    if (this.#receipts.told) {
      if (!this.#standing.synced) this.#happened({ type: 'synced' })
      this.#arrived()
    }
    if (this.#receipts.settled) {
      if (this.#standing.unsaved) this.#happened({ type: 'settled' })
      this.#copy?.settled()
    }
  }

  #happened(happening: Happening): void {
    this.#standing = evolve(this.#standing, happening)
    const next = saving(this.#standing)
    if (!same(next, this.saving.peek())) this.saving.value = next
    this.writable.value = this.#standing.writable && this.#standing.refusal === null
  }

  /** Return a WebSocket whose frames are counted. */
  #overheard(): typeof WebSocket {
    const opened = () => {
      this.#receipts.opened()
      this.#happened({ type: 'opened' })
    }
    const sent = (frame: Uint8Array) => this.#receipts.sent(frame)
    const received = (frame: Uint8Array) => {
      this.#receipts.received(frame)
      this.#heard()
    }
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        this.addEventListener('open', () => {
          opened()
          // Behind the provider's own: what is heard of here has been taken into the document.
          this.addEventListener('message', ({ data }) => received(new Uint8Array(data)))
        })
      }

      override send(data: Uint8Array<ArrayBuffer>): void {
        if (this.readyState === WebSocket.OPEN) sent(data)
        super.send(data)
      }
    }
  }
}

function same(one: Saving, other: Saving): boolean {
  return one.kind === other.kind && reasonOf(one) === reasonOf(other)
}

function reasonOf(each: Saving): string {
  return 'reason' in each ? each.reason : ''
}

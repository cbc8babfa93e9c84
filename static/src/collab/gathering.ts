/**
 * What others did, taken into the text once a frame: the cost of a change of others grows with the
 * text (ProseMirror's document is made anew), and they may come faster than a screen can show.
 *
 * A single change is taken at once; what follows it within the frame waits, merged, and longer if
 * many are writing. What has to be in order, the server's questions and answers, lets what waits go
 * first. Says nothing of saving: what was acknowledged is read from the socket (receipts.ts).
 */

import { HocuspocusProvider, type HocuspocusProviderConfiguration } from '@hocuspocus/provider'
import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'

const FRAME_MILLISECONDS = 16
const CROWD_MILLISECONDS = 80
/** More people than these, writing at the same time, are many. */
const CROWD = 3
/** How long ago somebody wrote who is writing. */
const WRITING_MILLISECONDS = 2000
const WAITING_MAX = 500

const MESSAGE_SYNC = 0
const MESSAGE_AWARENESS = 1
const UPDATE = 2

/** Gathers updates, and hands them on merged. Is told the time. */
export class Gathering {
  #waiting: Uint8Array[] = []
  #takenAt = Number.NEGATIVE_INFINITY
  #wroteAt = new Map<number, number>()

  constructor(private readonly take: (update: Uint8Array) => void) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Take an update; return in how many milliseconds what waits is due, zero if it was taken. */
  add(update: Uint8Array, now: number): number {
    this.#waiting.push(update)
    const due = this.#takenAt + this.#patience(now)
    if (now < due && this.#waiting.length < WAITING_MAX) return due - now
    this.flush(now)
    return 0
  }

  /** Hand on what waits. */
  flush(now: number): void {
    const [first, ...others] = this.#waiting.splice(0)
    if (!first) return
    this.#takenAt = now
    this.take(others.length > 0 ? Y.mergeUpdates([first, ...others]) : first)
  }

  /** Note that somebody, by the client id, is writing or moving. */
  stirred(client: number, now: number): void {
    this.#wroteAt.set(client, now)
  }

  #patience(now: number): number {
    for (const [client, at] of this.#wroteAt) {
      if (now - at > WRITING_MILLISECONDS) this.#wroteAt.delete(client)
    }
    return this.#wroteAt.size > CROWD ? CROWD_MILLISECONDS : FRAME_MILLISECONDS
  }
}

/** Hocuspocus' provider, which takes the updates of others gathered. */
export class GatheringProvider extends HocuspocusProvider {
  /** Called before something of others is taken into the text. */
  beforeTaking: () => void = () => {}
  #timer: ReturnType<typeof setTimeout> | undefined
  #presences: MessageEvent[] = []
  #gathering = new Gathering((update) => {
    this.beforeTaking()
    Y.applyUpdate(this.document, update, this)
  })

  constructor(configuration: HocuspocusProviderConfiguration) {
    super(configuration)
    this.awareness?.on('change', ({ updated }: { updated: number[] }) => {
      for (const client of updated) {
        if (client !== this.document.clientID) this.#gathering.stirred(client, performance.now())
      }
    })
  }

  override onMessage(event: MessageEvent): void {
    const said = messageIn(event.data)
    if (said.update) this.#gather(said.update)
    else if (said.kind === MESSAGE_AWARENESS && !this.#gathering.isEmpty) {
      // Where somebody is may be in what waits.
      this.#presences.push(event)
    } else {
      if (said.kind === MESSAGE_SYNC) this.flush()
      this.beforeTaking()
      super.onMessage(event)
    }
  }

  /** Take what waits. */
  flush = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#gathering.flush(performance.now())
    for (const event of this.#presences.splice(0)) super.onMessage(event)
  }

  override onClose(): void {
    this.flush()
    super.onClose()
  }

  override destroy(): void {
    clearTimeout(this.#timer)
    super.destroy()
  }

  #gather(update: Uint8Array): void {
    const now = performance.now()
    const wait = this.#gathering.add(update, now)
    if (wait === 0) this.flush()
    else this.#timer ??= setTimeout(this.flush, wait)
  }
}

/** Return what kind a message is of, and the update in it if it is one. */
function messageIn(data: ArrayBuffer): { kind: number; update: Uint8Array | null } {
  const decoder = decoding.createDecoder(new Uint8Array(data))
  decoding.readVarString(decoder)
  const kind = decoding.readVarUint(decoder)
  const isUpdate = kind === MESSAGE_SYNC && decoding.readVarUint(decoder) === UPDATE
  return { kind, update: isUpdate ? decoding.readVarUint8Array(decoder) : null }
}

/**
 * What was sent on the present socket, and what of it the server has acknowledged.
 *
 * The provider's own count of unsynced changes cannot tell: it begins anew with each connection,
 * while edits of before are still on their way, and so comes to nothing too early; and when it does
 * the provider calls itself synced, whether it has heard from the server or not. Here the frames
 * themselves are read. The server settles each Update, and the SyncStep2 of a handshake, with one
 * SyncStatus once it is durable (docs/protocol.md). Knows no socket.
 */

import * as decoding from 'lib0/decoding'

const MESSAGE_SYNC = 0
const MESSAGE_SYNC_REPLY = 4
const MESSAGE_SYNC_STATUS = 8
const STEP2 = 1
const UPDATE = 2

export class Receipts {
  /** Edits made here, and how many of them have been sent on this socket. */
  #edits = 0
  #sent = 0
  #owed = 0
  /** Whether what was here before this socket opened has been sent on it. */
  #handshaken = false
  #told = false

  /** Whether the server has told all that it had. */
  get told(): boolean {
    return this.#told
  }

  /** Whether all that was written here is durable. */
  get settled(): boolean {
    return this.#handshaken && this.#owed === 0 && this.#sent === this.#edits
  }

  /** Take note of an edit made here; it must be told before the edit is sent. */
  edited(): void {
    this.#edits += 1
  }

  /** Begin anew, with a socket on which nothing was said yet. */
  opened(): void {
    this.#owed = 0
    this.#handshaken = false
    this.#told = false
    this.#sent = -1
  }

  /** Take note of a frame that was sent. */
  sent(frame: Uint8Array): void {
    const step = syncStep(frame)
    if (step === UPDATE) {
      this.#owed += 1
      // What came before went out on this socket as well, or is in the handshake.
      if (this.#handshaken) this.#sent = this.#edits
    } else if (step === STEP2 && !this.#handshaken) {
      this.#handshaken = true
      this.#owed += 1
      this.#sent = this.#edits
    }
  }

  /** Take a frame that was received. */
  received(frame: Uint8Array): void {
    if (syncStep(frame) === STEP2) this.#told = true
    const decoder = afterAddress(frame)
    if (decoder === null || decoding.readVarUint(decoder) !== MESSAGE_SYNC_STATUS) return
    if (decoding.readVarInt(decoder) === 1) this.#owed = Math.max(0, this.#owed - 1)
  }
}

function syncStep(frame: Uint8Array): number | null {
  const decoder = afterAddress(frame)
  if (decoder === null) return null
  const kind = decoding.readVarUint(decoder)
  return kind === MESSAGE_SYNC || kind === MESSAGE_SYNC_REPLY
    ? decoding.readVarUint(decoder)
    : null
}

/** Return what follows the address; a ping and a pong, of one byte, have none. */
function afterAddress(frame: Uint8Array): decoding.Decoder | null {
  if (frame.length < 2) return null
  const decoder = decoding.createDecoder(frame)
  decoding.readVarString(decoder)
  return decoder
}

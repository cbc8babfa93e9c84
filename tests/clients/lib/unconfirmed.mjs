/**
 * What a y-websocket client wrote and has not seen come back. The protocol has no
 * acknowledgement: an update is taken when its ids return, as y-websocket's `sync-status` counts.
 */

import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'

const MESSAGE_SYNC = 0
const MESSAGE_AUTH = 2
const STEP_1 = 0

export class Unconfirmed {
  /** Updates, oldest first, each a list of `{ deleted, client, start, end }`. */
  #updates = []

  /** How many updates have not come back. */
  get size () {
    return this.#updates.length
  }

  /** Take note of an update that the client wrote. */
  add (update) {
    const ranges = rangesOf(update)
    if (ranges.length > 0) this.#updates.push(ranges)
  }

  /** Read a message of the server; return the reason if it denies permission. */
  receive (message) {
    const decoder = decoding.createDecoder(message)
    const type = decoding.readVarUint(decoder)
    if (type === MESSAGE_SYNC) {
      this.#receiveSync(decoder)
    } else if (type === MESSAGE_AUTH) {
      decoding.readVarUint(decoder)
      return decoding.readVarString(decoder)
    }
    return null
  }

  #receiveSync (decoder) {
    const step = decoding.readVarUint(decoder)
    const payload = decoding.readVarUint8Array(decoder)
    if (this.#updates.length === 0) return
    if (step === STEP_1) {
      const clocks = Y.decodeStateVector(payload)
      this.#confirm([...clocks].map(([client, end]) => ({ deleted: false, client, start: 0, end })))
    } else {
      this.#confirm(rangesOf(payload))
    }
  }

  #confirm (confirmed) {
    if (confirmed.length === 0) return
    this.#updates = this.#updates
      .map(ranges => confirmed.reduce(without, ranges))
      .filter(ranges => ranges.length > 0)
  }
}

function rangesOf (update) {
  const { structs, ds } = Y.decodeUpdate(update)
  const ranges = structs
    .filter(struct => !(struct instanceof Y.Skip))
    .map(({ id, length }) =>
      ({ deleted: false, client: id.client, start: id.clock, end: id.clock + length }))
  for (const [client, deletes] of ds.clients) {
    for (const { clock, len } of deletes) {
      ranges.push({ deleted: true, client, start: clock, end: clock + len })
    }
  }
  return ranges
}

/** Return the ranges less one. */
function without (ranges, gone) {
  const touches = range => range.client === gone.client && range.deleted === gone.deleted &&
    range.start < gone.end && gone.start < range.end
  if (!ranges.some(touches)) return ranges
  return ranges.flatMap(range => touches(range)
    ? [{ ...range, end: gone.start }, { ...range, start: gone.end }].filter(r => r.start < r.end)
    : [range])
}

/** Chance from a seed: the same seed, the same numbers. */

export class Random {
  #state

  constructor (seed) {
    this.#state = seed >>> 0
  }

  /** Return a number of [0, 1) (mulberry32). */
  next () {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** Return an integer of [0, end). */
  below (end) {
    return Math.floor(this.next() * end)
  }

  chance (probability) {
    return this.next() < probability
  }

  pick (items) {
    return items[this.below(items.length)]
  }
}

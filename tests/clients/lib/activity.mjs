/** Something happened: whoever waits for a state looks again. Knows no client. */

const LOOK_AGAIN_MS = 50
const waiters = new Set()
let scheduled = false

/** Tell all waiters that something may have changed. */
export function changed () {
  if (!scheduled && waiters.size > 0) {
    scheduled = true
    setImmediate(lookAgain)
  }
}

/**
 * Wait until `ready()` is true; fail after `timeout` milliseconds with what `explain()` says.
 *
 * @param {() => boolean} ready
 * @param {number} timeout
 * @param {() => string} explain
 * @returns {Promise<void>}
 */
export function until (ready, timeout, explain) {
  return new Promise((resolve, reject) => {
    if (ready()) return resolve()
    const settle = (outcome) => {
      waiters.delete(waiter)
      clearTimeout(deadline)
      clearInterval(interval)
      outcome()
    }
    const waiter = {
      look: () => {
        try {
          if (ready()) settle(resolve)
        } catch (error) {
          settle(() => reject(error))
        }
      }
    }
    const deadline = setTimeout(
      () => settle(() => reject(new Error(`Waited ${timeout} ms in vain: ${explain()}`))),
      timeout
    )
    // Some states change without an event.
    const interval = setInterval(waiter.look, LOOK_AGAIN_MS)
    waiters.add(waiter)
  })
}

function lookAgain () {
  scheduled = false
  for (const waiter of [...waiters]) waiter.look()
}

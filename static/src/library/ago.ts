/** How long ago something was, in the words of the server (adapters/web/pages.py). */

const UNITS = [
  ['second', 1, 45],
  ['minute', 60, 60],
  ['hour', 3600, 24],
  ['day', 86_400, 8]
] as const
const EVERY_MS = 30_000

export function ago(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000
  for (const [name, length, below] of UNITS) {
    const count = Math.round(seconds / length)
    if (count >= below) continue
    return name === 'second' ? 'just now' : `${count} ${count === 1 ? name : `${name}s`} ago`
  }
  const month = then.toLocaleString('en', { month: 'long' })
  const year = then.getFullYear() === now.getFullYear() ? '' : ` ${then.getFullYear()}`
  return `${then.getDate()} ${month}${year}`
}

/** Say all times of a page as they are now, and exactly in their titles. */
export function sayTimes(within: ParentNode): void {
  const now = new Date()
  for (const element of within.querySelectorAll<HTMLTimeElement>('time[data-show="ago"]')) {
    const then = new Date(element.dateTime)
    const words = ago(then, now)
    if (element.textContent !== words) element.textContent = words
    element.title = then.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' })
  }
}

export function keepSayingTimes(within: ParentNode): void {
  sayTimes(within)
  setInterval(() => sayTimes(within), EVERY_MS)
}

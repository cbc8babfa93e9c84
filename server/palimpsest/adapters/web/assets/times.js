// Tells times by the reader's own clock; the page has them in UTC.

const CLOCK = { hour: '2-digit', minute: '2-digit' }
const DAY = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
const DATE = { day: 'numeric', month: 'short', year: 'numeric' }

const WORDS = {
  clock: (time) => time.toLocaleTimeString([], CLOCK),
  day: (time) => time.toLocaleDateString([], DAY),
  moment: (time) => time.toLocaleString([], isToday(time) ? CLOCK : { ...DATE, ...CLOCK })
}

export function showTimes(within) {
  for (const element of within.querySelectorAll('time[datetime]')) {
    const time = new Date(element.dateTime)
    const words = WORDS[element.dataset.show]
    if (words) element.textContent = words(time)
    element.title = time.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' })
  }
}

function isToday(time) {
  return time.toDateString() === new Date().toDateString()
}

// The server put what was done on a day, in UTC, under that day's heading.
function regroup(days) {
  const sections = new Map()
  for (const run of days.querySelectorAll('[data-time]')) {
    const time = new Date(Number(run.dataset.time))
    let section = sections.get(time.toDateString())
    if (!section) {
      section = days.firstElementChild.cloneNode(true)
      section.querySelector('h2 time').dateTime = time.toISOString()
      section.querySelector('ul').replaceChildren()
      sections.set(time.toDateString(), section)
    }
    section.querySelector('ul').append(run)
  }
  days.replaceChildren(...sections.values())
}

document.querySelectorAll('#days').forEach(regroup)
showTimes(document)

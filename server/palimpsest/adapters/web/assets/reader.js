// Keeps a document up to date under a reader's eyes: what changes is changed in place, and what
// the reader looks at, has selected or has focused stays where it is.

import { followAddress } from './blocklinks.js'
import { morph } from './morph.js'
import { showTimes } from './times.js'

const LOST_AFTER_MS = 3000
const AGAIN_AFTER_MS = 5000
const SAY_APART_MS = 10000
const REFRESH_WITHIN_MS = 2000
const CHECK_APART_MS = 60000
const HUES = 8
const PEOPLE_SHOWN_MAX = 8

const page = document.getElementById('page')
const text = document.getElementById('text')
const news = document.getElementById('news')
const connection = document.getElementById('connection')

let stream = null
let present = null
let lostTimer = 0
let againTimer = 0

// The stream.

function connect() {
  clearTimeout(againTimer)
  stream = new EventSource(page.dataset.stream)
  stream.addEventListener('open', found)
  stream.addEventListener('error', lost)
  stream.addEventListener('snapshot', ({ data }) => showSnapshot(JSON.parse(data)))
  stream.addEventListener('presence', ({ data }) => showPeople(JSON.parse(data).people))
  stream.addEventListener('lifecycle', refreshSoon)
}

function disconnect() {
  stream?.close()
  stream = null
  clearTimeout(againTimer)
}

function found() {
  clearTimeout(lostTimer)
  lostTimer = 0
  if (connection.textContent) {
    connection.textContent = ''
    refreshSoon()
  }
}

function lost() {
  lostTimer ||= setTimeout(() => {
    connection.textContent = 'The connection is lost. What you read may not be the newest.'
  }, LOST_AFTER_MS)
  // The browser tries again by itself, unless it was refused.
  if (stream.readyState === EventSource.CLOSED) {
    clearTimeout(againTimer)
    againTimer = setTimeout(connect, AGAIN_AFTER_MS * (1 + Math.random()))
  }
}

// What nobody looks at needs no connection: a browser has few of them for each server.
function lookedAt() {
  if (document.hidden) {
    disconnect()
  } else if (!stream) {
    connect()
    refresh()
  }
}

// The page.

// All readers hear of a thing at once; they need not all ask at once.
function refreshSoon() {
  setTimeout(refresh, REFRESH_WITHIN_MS * Math.random())
}

// A stream does not tell that there is something which cannot be shown yet.
function check() {
  if (stream) refresh()
  setTimeout(check, CHECK_APART_MS * (1 + Math.random()))
}

async function refresh() {
  let answer
  try {
    answer = await fetch(location.href, { headers: { Accept: 'text/html' } })
  } catch {
    return // The stream tells that the connection is lost.
  }
  if (answer.status >= 500) return
  if (!answer.ok) {
    location.reload() // It says why.
    return
  }
  const wanted = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const newPage = wanted.getElementById('page')
  if (Number(newPage.dataset.version) < Number(page.dataset.version)) return
  page.dataset.version = newPage.dataset.version
  document.title = wanted.title
  inPlace(() => morph(page, newPage))
}

function showSnapshot({ version, html, actor, time }) {
  if (version <= Number(page.dataset.version)) return
  // It is too large for the stream, or there may be more to say of it than the stream does.
  if (html === null || document.getElementById('behind')) {
    refresh()
    return
  }
  const wanted = document.createElement('template')
  wanted.innerHTML = html
  page.dataset.version = version
  document.getElementById('version').textContent = version.toLocaleString('en')
  showEdited(actor, new Date(time))
  inPlace(() => morph(text, wanted.content))
  document.getElementById('empty').hidden = Boolean(
    text.innerText.trim() || text.querySelector('img')
  )
  showOutline()
  say('The text has changed.')
}

function showEdited(actor, moment) {
  const edited = document.getElementById('edited')
  const time = edited.querySelector('time')
  time.dateTime = moment.toISOString()
  showTimes(edited)
  edited.querySelector('bdi').textContent = actor
}

function inPlace(change) {
  const seen = scrollY > 0 ? [...text.querySelectorAll('section > *, li, tr')].filter(isSeen) : []
  // Best is what begins in sight; else the innermost of what contains all that is in sight.
  const steady = [...seen.filter((element) => topOf(element) >= 0), ...seen.reverse()]
  const tops = steady.map(topOf)
  change()
  const kept = steady.findIndex((element) => element.isConnected)
  if (kept >= 0) scrollBy(0, topOf(steady[kept]) - tops[kept])
  showTimes(page)
  letScroll()
}

function topOf(element) {
  return element.getBoundingClientRect().top
}

function isSeen(element) {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

// What is too wide scrolls by itself, by the keyboard too.
function letScroll() {
  for (const element of text.querySelectorAll('table, pre')) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0
    else element.removeAttribute('tabindex')
  }
}

function showOutline() {
  const outline = document.getElementById('outline')
  const headings = [...text.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(
    (heading) => heading.id && heading.textContent.trim()
  )
  outline.hidden = headings.length < Number(outline.dataset.headingsMin)
  const list = document.createElement('ol')
  for (const heading of headings) {
    const link = document.createElement('a')
    link.href = `#${heading.id}`
    link.dir = 'auto'
    link.textContent = words(heading)
    list.appendChild(item(`level-${heading.localName[1]}`)).append(link)
  }
  morph(outline.querySelector('ol'), list)
}

function showPeople(people) {
  const names = new Set(people.map(({ name }) => name))
  const wanted = document.createElement('ul')
  for (const name of [...names].slice(0, PEOPLE_SHOWN_MAX)) {
    const element = document.createElement('bdi')
    element.textContent = name
    wanted.appendChild(item(`hue-${hue(name)}`)).append(element)
  }
  const more = names.size - PEOPLE_SHOWN_MAX
  if (more > 0) wanted.appendChild(item('')).append(`and ${more} more`)
  morph(document.getElementById('people'), wanted)
  document.getElementById('here').hidden = names.size === 0
  sayWhoCameAndLeft(names)
}

// In a crowd, nobody wants to hear of each.
function sayWhoCameAndLeft(names) {
  if (present && names.size <= PEOPLE_SHOWN_MAX) {
    for (const name of names) if (!present.has(name)) say(`${name} is here now.`)
    for (const name of present) if (!names.has(name)) say(`${name} has left.`)
  }
  present = names
}

function item(className) {
  const element = document.createElement('li')
  element.className = className
  return element
}

/** What a heading says; the source of a formula is in it, unseen. */
function words(heading) {
  const said = heading.cloneNode(true)
  for (const each of said.querySelectorAll('annotation')) each.remove()
  return said.textContent.trim().replace(/\s+/g, ' ')
}

function hue(name) {
  let number = 7
  for (const letter of name) number = (number * 31 + letter.codePointAt(0)) % 997
  return number % HUES
}

// What is said to who does not see: politely, and not at every keystroke.

const unsaid = new Set()
let sayTimer = 0

function say(words) {
  unsaid.add(words)
  if (!sayTimer) speak()
}

function speak() {
  news.textContent = [...unsaid].join(' ')
  sayTimer = unsaid.size ? setTimeout(speak, SAY_APART_MS) : 0
  unsaid.clear()
}

if (matchMedia('(min-width: 80rem)').matches) document.getElementById('outline').open = true
addEventListener('resize', letScroll)
letScroll()
followAddress(text)

// A version that has been is as it was, for good.
if (page.dataset.stream) {
  document.documentElement.classList.add('live')
  document.addEventListener('visibilitychange', lookedAt)
  addEventListener('pageshow', lookedAt)
  addEventListener('pagehide', disconnect)
  connect()
  setTimeout(check, CHECK_APART_MS)
}

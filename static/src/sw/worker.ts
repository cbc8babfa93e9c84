/**
 * Opens documents without a network: keeps the shell and the browser's code, which are the same
 * for everybody, and nothing else. What is in documents lies in IndexedDB; what the server says of
 * anybody goes past here and is not kept.
 */

import { type Answering, answering, EDITIONS, PLACES } from './routes'

declare const self: ServiceWorkerGlobalScope

/** Set by the server, before this script: a digest of all that the shell is made of. */
declare const edition: string

const SHELL = '/offline'
/** After that long a document that is kept here is opened, and connects when it can. */
const NETWORK_MILLISECONDS_MAX = 4000

const cacheName = EDITIONS + edition

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting()
})
self.addEventListener('fetch', (event) => {
  const { request } = event
  const how = answering(request.method, request.mode, new URL(request.url), self.location.origin)
  if (how !== 'network') event.respondWith(ANSWERS[how](request))
})

/** Keep the shell and all that it names, or fail: half a shell opens nothing. */
async function install(): Promise<void> {
  const shell = await fetch(SHELL, { cache: 'no-cache' })
  if (!shell.ok) throw new Error(`The shell answered ${shell.status}.`)
  const names = [...(await shell.clone().text()).matchAll(/(?:href|src)="(\/[^"]+)"/g)]
  const cache = await caches.open(cacheName)
  await cache.addAll(names.map(([, name = '']) => name).filter((name) => name !== '/'))
  await cache.put(SHELL, shell)
  const pages = await self.clients.matchAll({ includeUncontrolled: true })
  for (const page of pages) page.postMessage({ edition })
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(EDITIONS) && name !== cacheName) await caches.delete(name)
  }
}

const ANSWERS: Record<Exclude<Answering, 'network'>, (request: Request) => Promise<Response>> = {
  /** What has a digest in its name never changes; what is loaded later is kept then. */
  async kept(request) {
    const kept = await caches.match(request.url)
    if (kept) return kept
    const answer = await fetch(request)
    if (answer.ok) await (await caches.open(cacheName)).put(request.url, answer.clone())
    return answer
  },

  async page(request) {
    const isKept = (await knownPlace(request)) !== undefined
    const network = fetch(request)
    try {
      const answer = await (isKept ? inTime(network) : network)
      if (answer.status === 401) await caches.delete(PLACES)
      return isKept && isAway(answer) ? await shell() : answer
    } catch (error) {
      network.catch(() => {})
      return shellOr(error)
    }
  },

  /** The shell says what is kept on this device. */
  async library(request) {
    try {
      const answer = await fetch(request)
      if (answer.status === 401) await caches.delete(PLACES)
      return isAway(answer) ? await shellOr(answer) : answer
    } catch (error) {
      return shellOr(error)
    }
  }
}

/** Return the shell; without one, what the browser would have shown. */
async function shellOr(otherwise: unknown): Promise<Response> {
  const kept = await shell()
  if (kept.status !== 503) return kept
  if (otherwise instanceof Response) return otherwise
  throw otherwise
}

async function knownPlace(request: Request): Promise<Response | undefined> {
  return (await caches.open(PLACES)).match(new URL(request.url).pathname)
}

/** Whether it is not the server that answers, but what stands before it. */
function isAway({ status }: Response): boolean {
  return status >= 502 && status <= 504
}

async function shell(): Promise<Response> {
  const kept = await (await caches.open(cacheName)).match(SHELL)
  return kept ?? new Response(null, { status: 503 })
}

function inTime(answer: Promise<Response>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('late')), NETWORK_MILLISECONDS_MAX)
    answer.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

/** What is shown without a network in place of the library, and of a document that is not kept. */

import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Kept } from './kept'

/** The documents that open without a network, the ones opened last first. */
export function KeptPage({ kept }: { kept: readonly Kept[] }) {
  return (
    <Away>
      <p>
        {kept.length > 0
          ? 'Offline. These documents are kept on this device: what you write in them is sent when the connection is back.'
          : 'Offline. This device keeps the documents that you open on it; it has none yet.'}
      </p>
      <ul class="kept">
        {kept.map(({ path, called }) => (
          <li key={path}>
            <a href={path} dir="auto">
              {called}
            </a>
          </li>
        ))}
      </ul>
    </Away>
  )
}

export function NotKeptPage() {
  return (
    <Away>
      <p>This device keeps documents that were open on it before. This is none of them.</p>
      <p>
        <a href="/">What is kept here</a>
      </p>
    </Away>
  )
}

function Away({ children }: { children: ComponentChildren }) {
  useEffect(() => {
    const again = () => window.location.reload()
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [])
  return (
    <>
      <header class="bar">
        <a class="home" href="/">
          Palimpsest
        </a>
      </header>
      <main>
        <div class="note">
          <h1>There is no connection</h1>
          {children}
          <button type="button" onClick={() => window.location.reload()}>
            Try again
          </button>
        </div>
      </main>
    </>
  )
}

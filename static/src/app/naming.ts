/** How the open document is called: its title, as the server has it now, and what it is without. */

import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Opened } from '../editor/main'
import { rename, titleOf } from './api'
import { nameKept } from './kept'
import type { Place } from './place'

/** How long nothing is written at a document's beginning before this device notes it. */
const REST_MILLISECONDS = 500

export interface Naming {
  readonly title: Signal<string>
  /** Give the document another title; the server tells who else is here. */
  give(title: string): Promise<void>
}

/** Return the title of a document, from now on also when others change it. */
export function useNaming(place: Place, opened: Signal<Opened | null>): Naming {
  const title = useSignal(place.title)
  const known = (now: string) => {
    if (now === title.peek()) return
    title.value = now
  }
  useEffect(() => {
    const ready = opened.value
    return ready ? whileShown(place.document, ready, known) : undefined
  }, [opened.value])
  useEffect(() => {
    const words = title.value || opened.value?.beginning.words.value
    const called = words || 'Untitled'
    window.document.title = called
    const timer = setTimeout(() => {
      void nameKept(window.location.pathname, { title: title.value, called })
    }, REST_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [title.value, opened.value?.beginning.words.value])
  return {
    title,
    give: async (wanted) => {
      await rename(place.document, wanted)
      known(wanted)
    }
  }
}

/** Ask for the title when somebody changes it, and when one comes back to this page. */
function whileShown(
  document: string,
  { renames, beginning }: Opened,
  known: (now: string) => void
) {
  let isAsking = false
  const ask = async (version: number) => {
    if (isAsking) return
    isAsking = true
    try {
      known(await titleOf(document, version))
    } catch {
      // Without an answer it is called as before; this is asked again.
    }
    isAsking = false
    if (version !== renames.heard.peek()) void ask(renames.heard.peek())
  }
  const seen = () => {
    if (window.document.visibilityState === 'visible') void ask(renames.heard.peek())
  }
  beginning.want(true)
  window.document.addEventListener('visibilitychange', seen)
  const stop = renames.heard.subscribe((version) => {
    if (version > 0) void ask(version)
  })
  return () => {
    stop()
    window.document.removeEventListener('visibilitychange', seen)
  }
}

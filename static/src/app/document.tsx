/** The page of one document: the bar above, and the text, which the editor's own code brings. */

import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Saving } from '../collab/status'
import type { Opened } from '../editor/main'
import { whoIsHere } from './api'
import { Chip, Warning } from './chip'
import { People } from './people'
import { type Place, pageOf, socketUrl } from './place'
import { Title } from './title'

type Trouble = 'none' | 'made-elsewhere' | 'broken'

export function DocumentPage({ place }: { place: Place }) {
  const page = useRef<HTMLDivElement>(null)
  const saving = useSignal<Signal<Saving> | null>(null)
  const opened = useSignal<Opened | null>(null)
  const trouble = useSignal<Trouble>('none')
  useEffect(() => {
    openInto(page.current as HTMLElement, place, (known) => {
      saving.value = known
    }).then(
      (ready) => {
        opened.value = ready
        ready.focus()
      },
      (error: Error) => {
        trouble.value = error.name === 'MadeElsewhere' ? 'made-elsewhere' : 'broken'
        if (trouble.value === 'broken') throw error
      }
    )
  }, [place])
  const state: Saving = saving.value?.value ?? { kind: 'opening' }
  const isShown = trouble.value === 'none'
  return (
    <>
      <header class="bar">
        <a class="home" href="/" title="All documents">
          <span class="name">Palimpsest</span>
        </a>
        <Title
          document={place.document}
          title={place.title}
          writable={state.kind !== 'read-only'}
          onDone={() => opened.value?.focus()}
        />
        {isShown && <Chip saving={state} />}
        {opened.value && (
          <People people={opened.value.people.value} client={opened.value.client} />
        )}
        <nav aria-label="This document">
          <a href={pageOf(place.document, '/read')}>Read</a>
          <a href={pageOf(place.document, '/history')}>History</a>
        </nav>
      </header>
      <main>
        <Warning saving={state} text={() => opened.value?.text() ?? ''} />
        <TroubleNote trouble={trouble.value} place={place} />
        <div ref={page} id="page" hidden={!isShown} />
      </main>
    </>
  )
}

async function openInto(
  element: HTMLElement,
  place: Place,
  told: (saving: Signal<Saving>) => void
): Promise<Opened> {
  const { document: id, principal, lineage } = place
  const { open } = await import('../editor/main')
  return open(
    {
      element,
      url: socketUrl(),
      document: id,
      copy: `palimpsest ${principal} ${id} ${lineage}`,
      askWhoIsHere: () => whoIsHere(id)
    },
    told
  )
}

function TroubleNote({ trouble, place }: { trouble: Trouble; place: Place }) {
  if (trouble === 'none') return null
  return (
    <div class="note">
      <p>
        {trouble === 'made-elsewhere'
          ? 'This document was made with another editor. It can be read here, and is written in there.'
          : 'This document cannot be shown here just now.'}
      </p>
      <p>
        <a href={pageOf(place.document, '/read')}>Read it</a>
      </p>
    </div>
  )
}

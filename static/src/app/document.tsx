/** The page of one document: the bar above, the text, which the editor's own code brings, and what
 * is beside it when somebody wants it. */

import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { called } from '../collab/roster'
import type { Saving } from '../collab/status'
import type { Opened } from '../editor/main'
import { Arrivals } from './arrivals'
import { Chip } from './chip'
import { FindBar } from './find'
import { useNaming } from './naming'
import { openInto } from './opening'
import { OutlinePanel } from './outline'
import { othersIn, People } from './people'
import { type Place, pageOf } from './place'
import { LeftHere, Warning } from './rescue'
import { Title } from './title'
import { type Asked, showOutline, Tools, useBeside } from './tools'

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
  const beside = useBeside()
  const naming = useNaming(place, opened)
  const state: Saving = saving.value?.value ?? { kind: 'opening' }
  const ready = opened.value
  const isShown = trouble.value === 'none'
  return (
    <>
      <header class="bar">
        <a class="home" href="/" title="All documents">
          <span class="name">Palimpsest</span>
        </a>
        <Title
          naming={naming}
          without={ready?.beginning.words.value ?? ''}
          writable={state.kind !== 'read-only'}
          onDone={() => ready?.focus()}
        />
        {isShown && <Chip saving={state} />}
        {ready && <Others opened={ready} />}
        {ready && <Tools beside={beside} />}
        <nav aria-label="This document">
          <a href={pageOf(place.document, '/read')}>Read</a>
          <a href={pageOf(place.document, '/history')}>History</a>
        </nav>
      </header>
      {ready && <Beside opened={ready} beside={beside} writable={state.kind !== 'read-only'} />}
      <main>
        <Warning document={place.document} saving={state} carried={ready?.carried ?? null} />
        {ready?.left.map((each) => (
          <LeftHere key={each} carried={each.carried} forget={each.forget} />
        ))}
        <TroubleNote trouble={trouble.value} place={place} />
        <div ref={page} id="page" hidden={!isShown} />
      </main>
    </>
  )
}

interface BesideProps {
  readonly opened: Opened
  readonly beside: Asked
  readonly writable: boolean
}

function Others({ opened }: { opened: Opened }) {
  const { people, client, follower } = opened
  const others = [...new Set(othersIn(people.value, client).map(called))]
  return (
    <>
      <People
        people={people.value}
        client={client}
        followed={follower.followed.value}
        onFollow={(each) => follower.toggle(each)}
      />
      <Arrivals names={others} />
    </>
  )
}

/** What one asked for while writing: the bar to find in, the outline. */
function Beside({ opened, beside, writable }: BesideProps) {
  return (
    <>
      {beside.isFinding.value && (
        <FindBar
          finder={opened.finder}
          writable={writable}
          onDone={() => {
            beside.isFinding.value = false
          }}
        />
      )}
      {beside.hasOutline.value && (
        <OutlinePanel
          outline={opened.outline}
          words={opened.words}
          onClose={() => showOutline(beside, false)}
        />
      )}
    </>
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

/** The page of a document that is not there: it can be begun. */

import { useSignal } from '@preact/signals'
import { createPage } from './api'
import { type Place, pageOf } from './place'

export function MissingPage({ place }: { place: Place }) {
  const busy = useSignal(false)
  const wrong = useSignal('')
  const begin = async () => {
    busy.value = true
    try {
      const version = await createPage(place.document)
      window.location.replace(`${pageOf(place.document)}?min_version=${version}`)
    } catch (error) {
      wrong.value = (error as Error).message
      busy.value = false
    }
  }
  return (
    <>
      <header class="bar">
        <a class="home" href="/">
          Palimpsest
        </a>
      </header>
      <main>
        <div class="note">
          <h1>
            There is no document “<bdi>{place.document}</bdi>” yet
          </h1>
          <p>Begin it, and whoever has its address can write in it with you.</p>
          <button type="button" onClick={begin} disabled={busy.value}>
            Begin it
          </button>
          <p class="wrong" role="alert">
            {wrong.value}
          </p>
        </div>
      </main>
    </>
  )
}

/** The shell: which page this is. */

import { render } from 'preact'
import { DocumentPage } from './document'
import { Edition } from './edition'
import { allKept, makeRoomFor, recall } from './kept'
import { MissingPage } from './missing'
import { KeptPage, NotKeptPage } from './notkept'
import { editionIn, type Place, placeIn } from './place'

/** Return which page to show; without a network, the server's word is the one that was kept. */
async function pageFor(place: Place) {
  if (place.document === '' && window.location.pathname === '/')
    return <KeptPage kept={await allKept()} />
  if (place.document === '') {
    const kept = await recall(window.location.pathname)
    return kept ? <DocumentPage place={kept} /> : <NotKeptPage />
  }
  await makeRoomFor(place.principal)
  return place.exists ? <DocumentPage place={place} /> : <MissingPage place={place} />
}

/** The address is for giving to others: from which version on the page was asked for is not in it. */
function tidyAddress(): void {
  const address = new URL(window.location.href)
  if (!address.searchParams.has('min_version')) return
  address.searchParams.delete('min_version')
  window.history.replaceState(window.history.state, '', address)
}

const element = document.getElementById('app')
if (element) {
  tidyAddress()
  const page = await pageFor(placeIn(element))
  render(
    <>
      {page}
      <Edition edition={editionIn(element)} />
    </>,
    element
  )
}

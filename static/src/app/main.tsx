/** The shell: which page this is. */

import { render } from 'preact'
import { DocumentPage } from './document'
import { MissingPage } from './missing'
import { placeIn } from './place'

const element = document.getElementById('app')
if (element) {
  const place = placeIn(element)
  render(place.exists ? <DocumentPage place={place} /> : <MissingPage place={place} />, element)
}

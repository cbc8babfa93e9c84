/** What an app is told in its address, and where it shows what its provider says. */

const asked = new URLSearchParams(location.search)

/** The server, the document, a token for it, and under which name others see us. */
export const server = asked.get('server') ?? 'ws://127.0.0.1:8000'
export const name = asked.get('document') ?? 'example'
export const token = asked.get('token') ?? ''
export const user = { name: asked.get('name') ?? 'Guest', color: asked.get('color') ?? '#b3541e' }

/** Note what the provider says, in its own words. */
export function tell(event, words = '') {
  const said = document.querySelector('#said')
  const line = document.createElement('li')
  line.textContent = `${event} ${words}`.trim()
  if (said.lastElementChild?.textContent !== line.textContent) said.append(line)
}

/**
 * That the document has another title, whoever gave it and wherever: the server tells since which
 * version. What the title is, is asked of it.
 */

import { signal } from '@preact/signals'

interface Telling {
  on(event: 'stateless', heard: (told: { payload: string }) => void): unknown
}

export class Renames {
  /** From which version on the title is another. */
  readonly heard = signal(0)

  constructor(provider: Telling) {
    provider.on('stateless', ({ payload }) => {
      const version = versionIn(payload)
      if (version !== undefined) this.heard.value = version
    })
  }
}

function versionIn(payload: string): number | undefined {
  try {
    const { renamed } = JSON.parse(payload)
    return Number.isSafeInteger(renamed) ? renamed : undefined
  } catch {
    return undefined
  }
}

/** TeX as MathML, by temml: loaded when there is a formula to show. */

import temml from 'temml'

/** What is longer, or expands without end, is shown as it is written. */
export const TEX_LENGTH_MAX = 5_000
const EXPANSIONS_MAX = 500
const EM_MAX = 25

/** Show a formula in an element; return what is wrong with it, or nothing. */
export function typeset(tex: string, element: HTMLElement, displayMode: boolean): string | null {
  if (tex.length > TEX_LENGTH_MAX) return 'This formula is too long to be shown.'
  try {
    temml.render(tex, element, {
      displayMode,
      trust: false,
      throwOnError: true,
      maxExpand: EXPANSIONS_MAX,
      maxSize: [EM_MAX, EM_MAX]
    })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'This formula cannot be shown.'
  }
}

/** What parts of a program are, found by lowlight: loaded when there is a program to colour. */

import { common, createLowlight } from 'lowlight'

/** A part of a text, by its place in it, and what it is. */
export interface Part {
  readonly from: number
  readonly to: number
  readonly what: string
}

type Tree = ReturnType<ReturnType<typeof createLowlight>['highlight']>
type Branch = Tree['children'][number]

const lowlight = createLowlight(common)

/** Return the parts of a program; none in a language that nobody knows. */
export function partsOf(language: string, text: string): Part[] {
  if (!lowlight.registered(language)) return []
  const parts: Part[] = []
  let at = 0
  const walk = (branch: Branch): void => {
    const from = at
    if (branch.type === 'text') at += branch.value.length
    if (branch.type !== 'element') return
    for (const child of branch.children) walk(child)
    const names = branch.properties.className
    if (Array.isArray(names)) parts.push({ from, to: at, what: names.join(' ') })
  }
  for (const branch of lowlight.highlight(language, text).children) walk(branch)
  return parts
}

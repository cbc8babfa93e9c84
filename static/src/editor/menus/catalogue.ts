/**
 * What can be put into a text: the one table that the menu at the slash, the toolbar and the menu
 * of a block read. What a line's command refuses where the caret is, is not offered there.
 */

import type { Node } from 'prosemirror-model'
import type { Command } from 'prosemirror-state'
import { insertDivider, type Kind, turnInto, turnIntoCode } from '../commands'
import { chooseFile, chooseImage } from '../figures/choosing'
import { insertMath } from '../formulas/formulas'
import { BLOCK, CODE } from '../schema'
import { insertTable } from '../tables/tables'
import type { Icon } from './icons'

export type Group = 'Basic' | 'Lists' | 'Set apart' | 'More'

export interface Thing {
  readonly name: string
  readonly group: Group
  readonly icon: Icon
  /** Other words by which people look for it. */
  readonly words: string
  /** As in keymap.ts. */
  readonly keys?: string
  /** What is typed at the beginning of a block for it. */
  readonly markdown?: string
  readonly run: Command
  /** Tells what is one already; a block turns only into what has this. */
  readonly is?: (node: Node) => boolean
}

/** Return what is common to all that a block becomes by its attributes alone. */
function kind(wanted: Kind): Pick<Thing, 'run' | 'is'> {
  return {
    run: turnInto(wanted),
    is: ({ type, attrs }) =>
      type === BLOCK &&
      (attrs.type ?? 'p') === (wanted.type ?? 'p') &&
      (wanted.level === undefined || attrs.level === wanted.level)
  }
}

export const THINGS: readonly Thing[] = [
  {
    name: 'Text',
    group: 'Basic',
    icon: 'text',
    words: 'paragraph plain body',
    keys: 'Mod-Alt-0',
    ...kind({ type: null })
  },
  {
    name: 'Heading 1',
    group: 'Basic',
    icon: 'heading',
    words: 'title h1 big',
    keys: 'Mod-Alt-1',
    markdown: '#',
    ...kind({ type: 'h', level: 1 })
  },
  {
    name: 'Heading 2',
    group: 'Basic',
    icon: 'heading',
    words: 'subtitle section h2',
    keys: 'Mod-Alt-2',
    markdown: '##',
    ...kind({ type: 'h', level: 2 })
  },
  {
    name: 'Heading 3',
    group: 'Basic',
    icon: 'heading',
    words: 'subsection h3 small',
    keys: 'Mod-Alt-3',
    markdown: '###',
    ...kind({ type: 'h', level: 3 })
  },
  {
    name: 'Bullet list',
    group: 'Lists',
    icon: 'bullets',
    words: 'unordered points ul',
    keys: 'Mod-Shift-8',
    markdown: '-',
    ...kind({ type: 'ul' })
  },
  {
    name: 'Numbered list',
    group: 'Lists',
    icon: 'numbers',
    words: 'ordered ol 1.',
    keys: 'Mod-Shift-7',
    markdown: '1.',
    ...kind({ type: 'ol' })
  },
  {
    name: 'Task',
    group: 'Lists',
    icon: 'task',
    words: 'todo to-do checkbox check list',
    keys: 'Mod-Shift-9',
    markdown: '[]',
    ...kind({ type: 'task' })
  },
  {
    name: 'Quote',
    group: 'Set apart',
    icon: 'quote',
    words: 'blockquote citation',
    keys: 'Mod-Shift-.',
    markdown: '>',
    ...kind({ type: 'quote' })
  },
  {
    name: 'Callout',
    group: 'Set apart',
    icon: 'callout',
    words: 'note box warning tip info',
    markdown: '!',
    ...kind({ type: 'callout', tone: 'note' })
  },
  {
    name: 'Toggle',
    group: 'Set apart',
    icon: 'toggle',
    words: 'fold collapse details hide',
    ...kind({ type: 'toggle' })
  },
  {
    name: 'Code',
    group: 'Set apart',
    icon: 'code',
    words: 'program snippet source pre fence',
    markdown: '```',
    run: turnIntoCode,
    is: ({ type }) => type === CODE
  },
  {
    name: 'Divider',
    group: 'Set apart',
    icon: 'divider',
    words: 'line rule separator hr',
    markdown: '---',
    run: insertDivider
  },
  {
    name: 'Formula',
    group: 'More',
    icon: 'math',
    words: 'math tex latex equation',
    markdown: '$$',
    run: insertMath
  },
  {
    name: 'Table',
    group: 'More',
    icon: 'table',
    words: 'grid rows columns cells spreadsheet',
    run: insertTable
  },
  {
    name: 'Image',
    group: 'More',
    icon: 'image',
    words: 'picture photo png jpg upload',
    run: chooseImage
  },
  {
    name: 'File',
    group: 'More',
    icon: 'file',
    words: 'attachment upload pdf document',
    run: chooseFile
  }
]

/** What a block can be turned into. */
export const KINDS = THINGS.filter(({ is }) => is !== undefined)

/** Return how near a name or its synonyms are to what was typed: 0 is nearest, null is not at all. */
export function distance(query: string, name: string, words = ''): number | null {
  const sought = query.toLowerCase().trim()
  const own = name.toLowerCase()
  if (own.startsWith(sought)) return 0
  if (own.split(/[\s-]+/).some((word) => word.startsWith(sought))) return 1
  if (words.split(' ').some((word) => word.startsWith(sought))) return 2
  if (own.includes(sought)) return 3
  return isWithin(sought.replaceAll(' ', ''), own) ? 4 : null
}

/** Tell whether the letters stand in the name, in their order. */
function isWithin(letters: string, name: string): boolean {
  let at = -1
  for (const letter of letters) {
    at = name.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return letters.length > 1
}

/** Return what matches, the nearest first; in their own order if nothing is sought. */
export function nearest<Named extends { name: string; words?: string }>(
  query: string,
  all: readonly Named[]
): Named[] {
  return all
    .map((each) => ({ each, far: distance(query, each.name, each.words) }))
    .filter((found): found is { each: Named; far: number } => found.far !== null)
    .sort((one, other) => one.far - other.far)
    .map(({ each }) => each)
}

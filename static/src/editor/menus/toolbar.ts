/**
 * The toolbar of the text: beside what is selected, or, where there is little room, at the lower
 * edge of what is in sight, above a keyboard on the screen. It takes no room from the text.
 */

import { redo, undo } from '@tiptap/y-tiptap'
import { type Command, type EditorState, Plugin, TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { indent, isMarked, mark } from '../commands'
import { BLOCK, markType } from '../schema'
import { openBlockMenu, turns } from './blockmenu'
import { type Icon, icon } from './icons'
import { keysShown } from './keynames'
import { askForLink } from './links'
import { openMenu } from './menu'
import { inSight, placeBeside, type Spot, whenMoved } from './placing'
import { slash } from './slash'
import { offer } from './suggesting'

interface Tool {
  readonly name: string
  readonly icon: Icon
  readonly keys?: string
  /** The mark that it sets and takes away. */
  readonly mark?: string
  /** Whether it stands only where no keys and no mouse are at hand. */
  readonly docked?: true
  run(view: EditorView, spot: Spot): void
}

const by = (command: Command) => (view: EditorView) => {
  command(view.state, view.dispatch, view)
}

/** Return the tool of a mark; its sign is called as it is. */
function marking(name: string, called: Icon, keys: string): Tool {
  return { name, icon: called, keys, mark: called, run: by(mark(called)) }
}

const TOOLS: readonly Tool[] = [
  {
    name: 'Insert',
    icon: 'plus',
    docked: true,
    run(view) {
      view.focus()
      offer(view, slash)
    }
  },
  { name: 'Turn into', icon: 'text', run: openTurns },
  marking('Bold', 'bold', 'Mod-b'),
  marking('Italic', 'italic', 'Mod-i'),
  marking('Underline', 'underline', 'Mod-u'),
  marking('Strike through', 'strike', 'Mod-Shift-x'),
  marking('Highlight', 'highlight', 'Mod-Shift-h'),
  marking('Code', 'code', 'Mod-e'),
  { name: 'Link', icon: 'link', keys: 'Mod-k', mark: 'link', run: by(askForLink) },
  { name: 'Outdent', icon: 'outdent', docked: true, run: by(indent(-1)) },
  { name: 'Indent', icon: 'indent', docked: true, run: by(indent(1)) },
  { name: 'Undo', icon: 'undo', docked: true, run: ({ state }) => void undo(state) },
  { name: 'Redo', icon: 'redo', docked: true, run: ({ state }) => void redo(state) },
  { name: 'Block', icon: 'grip', docked: true, run: openBlockMenu }
]

function openTurns(view: EditorView, spot: Spot): void {
  openMenu(view.dom.parentElement ?? document.body, {
    label: 'Turn into',
    groups: [{ name: 'Turn into', items: turns(view) }],
    spot,
    done: () => view.focus()
  })
}

function isWordsSelected({ selection, doc }: EditorState): boolean {
  if (!(selection instanceof TextSelection) || selection.empty) return false
  if (selection.$from.parent.type !== BLOCK) return false
  // A double click beside a line selects where it ends: no words.
  return doc.textBetween(selection.from, selection.to, '', '\ufffc') !== ''
}

class Toolbar {
  readonly #bar = document.createElement('div')
  readonly #narrow = window.matchMedia('(max-width: 40rem)')
  readonly #buttons: Array<readonly [HTMLButtonElement, Tool]>
  #unwatch: (() => void) | null = null
  #isSelecting = false

  constructor(private readonly view: EditorView) {
    const bar = this.#bar
    bar.className = 'floating toolbar'
    bar.setAttribute('role', 'toolbar')
    bar.setAttribute('aria-label', 'Format')
    bar.popover = 'manual'
    this.#buttons = TOOLS.map((tool) => [this.#buttonOf(tool), tool])
    bar.append(...this.#buttons.map(([button]) => button))
    this.#reach(this.#buttons[1]?.[0])
    // What is selected stays so.
    bar.addEventListener('mousedown', (event) => event.preventDefault())
    bar.addEventListener('keydown', this.#pressed)
    bar.addEventListener('focusout', this.#left)
    view.dom.addEventListener('focusout', this.#left)
    view.dom.addEventListener('focus', this.#look)
    view.dom.addEventListener('mousedown', this.#select)
    this.#narrow.addEventListener('change', this.#look)
    view.dom.parentElement?.append(bar)
  }

  update(): void {
    const { view } = this
    const isHere = view.hasFocus() || this.#bar.contains(document.activeElement)
    const isWanted = this.#narrow.matches || (isWordsSelected(view.state) && !this.#isSelecting)
    if (view.editable && isHere && isWanted) this.#show()
    else if (!this.#bar.contains(document.activeElement)) this.#hide()
    else this.#tell()
  }

  destroy(): void {
    this.#hide()
    this.#bar.remove()
    this.#narrow.removeEventListener('change', this.#look)
  }

  /** Go into the toolbar from the text, with or without a selection. */
  enter(): void {
    this.#show()
    this.#bar.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  }

  /** Look in the next frame: the focus may have come while the browser hides a menu. */
  #look = (): void => {
    requestAnimationFrame(() => this.update())
  }

  #left = ({ relatedTarget }: FocusEvent): void => {
    const isNear = relatedTarget instanceof Node && this.#bar.contains(relatedTarget)
    if (!isNear && relatedTarget !== this.view.dom) this.#hide()
  }

  /** While a mouse selects, it has the text for itself. */
  #select = (): void => {
    this.#isSelecting = true
    const over = () => {
      this.#isSelecting = false
      this.#look()
    }
    window.addEventListener('mouseup', over, { once: true })
    this.update()
  }

  #show(): void {
    this.#bar.classList.toggle('docked', this.#narrow.matches)
    if (this.#unwatch === null) {
      this.#bar.showPopover()
      this.#unwatch = whenMoved(() => this.#place())
    }
    this.#tell()
    this.#place()
  }

  #hide(): void {
    if (this.#unwatch === null) return
    this.#unwatch()
    this.#unwatch = null
    this.#bar.hidePopover()
  }

  #place(): void {
    const bar = this.#bar
    const seen = inSight()
    if (this.#narrow.matches) {
      bar.style.left = `${seen.left}px`
      bar.style.top = `${seen.bottom - bar.offsetHeight}px`
      return
    }
    const spot = spotOf(this.view, bar.offsetWidth)
    const isInSight = spot.bottom > seen.top && spot.top < seen.bottom
    bar.style.visibility = isInSight ? '' : 'hidden'
    placeBeside(bar, spot, 'above')
  }

  /** Say of each button whether what it sets is set. */
  #tell(): void {
    const { state } = this.view
    for (const [button, { mark: name }] of this.#buttons) {
      if (name) button.ariaPressed = String(isMarked(state, markType(name)))
    }
  }

  #buttonOf(tool: Tool): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.tabIndex = -1
    button.setAttribute('aria-label', tool.name)
    button.title = tool.keys ? `${tool.name} (${keysShown(tool.keys)})` : tool.name
    if (tool.docked) button.className = 'when-docked'
    if (tool.run === openTurns || tool.run === openBlockMenu) button.ariaHasPopup = 'menu'
    button.append(icon(tool.icon))
    if (tool.run === openTurns) button.append(icon('chevron'))
    button.addEventListener('click', () => tool.run(this.view, button.getBoundingClientRect()))
    return button
  }

  /** Have Tab come to one button: the others are reached from there. */
  #reach(reached: HTMLButtonElement | undefined): void {
    for (const [button] of this.#buttons) button.tabIndex = button === reached ? 0 : -1
  }

  #pressed = (event: KeyboardEvent): void => {
    const shown = this.#buttons.map(([button]) => button).filter((each) => each.offsetWidth > 0)
    const at = shown.indexOf(document.activeElement as HTMLButtonElement)
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: -1
    }
    const to = steps[event.key]
    if (event.key === 'Escape') this.view.focus()
    else if (to === undefined) return
    else {
      const next = shown.at(to % shown.length)
      this.#reach(next)
      next?.focus()
    }
    event.preventDefault()
  }
}

/** Return where the selection is, and where something so wide is in its middle. */
function spotOf(view: EditorView, width: number): Spot {
  const { from, to } = view.state.selection
  const [start, end] = [view.coordsAtPos(from, 1), view.coordsAtPos(to, -1)]
  const isOneLine = end.top < start.bottom
  const middle = isOneLine ? (start.left + end.right) / 2 : start.left + width / 2
  return {
    left: middle - width / 2,
    top: Math.min(start.top, end.top),
    bottom: Math.max(start.bottom, end.bottom)
  }
}

export function toolbar(): Plugin {
  let shown: Toolbar | null = null
  return new Plugin({
    view(view) {
      shown = new Toolbar(view)
      return shown
    },
    props: {
      handleKeyDown(view, event) {
        if (event.key !== 'F10' || !event.altKey || !view.editable) return false
        shown?.enter()
        return true
      }
    }
  })
}

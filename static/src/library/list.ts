/** The list as it is now: asked of the server again and again, and changed where nobody's hand is. */

import { sayTimes } from './ago'
import { merged, remember, rove, rowNamed, rowsIn } from './rows'

const EVERY_MS = 4000
const NEWS = 'Show what has changed'

/** A version of a document that the list has to show at least. */
export interface Change {
  readonly document: string
  readonly version: number
}

export class List {
  readonly element: HTMLElement
  private readonly said: HTMLElement
  private tag = ''
  private turn = 0
  private asking: AbortController | null = null
  private held: HTMLElement | null = null

  constructor(element: HTMLElement, said: HTMLElement) {
    this.element = element
    this.said = said
    remember(element)
    rove(element)
    element.addEventListener('focusin', () => rove(element))
    element.addEventListener('pointerleave', () => this.letGo())
    element.addEventListener('focusout', () => setTimeout(() => this.letGo()))
  }

  /**
   * Show what is asked for now, in the order in which it is: somebody waits for it. Return whether
   * nothing else was asked for meanwhile.
   */
  async show(change?: Change): Promise<boolean> {
    this.turn += 1
    const turn = this.turn
    const fresh = (await this.ask(change)) ?? this.held
    if (turn !== this.turn) return false
    if (fresh) this.take(fresh)
    return true
  }

  /** Show what is new, quietly; what is under a hand stays in its place. */
  async refresh(): Promise<void> {
    if (document.hidden || this.asking) return
    const fresh = await this.ask()
    if (!fresh) return
    if (this.isHeld() && this.moves(fresh)) this.hold(fresh)
    else this.take(fresh)
  }

  keepFresh(): void {
    setInterval(() => this.refresh(), EVERY_MS)
    document.addEventListener('visibilitychange', () => this.refresh())
    window.addEventListener('pageshow', () => this.refresh())
  }

  /** Say how many there are to whoever cannot see it. */
  tell(): void {
    const words = this.element.dataset.said ?? ''
    if (this.said.textContent !== words) this.said.textContent = words
  }

  tellNothing(): void {
    this.said.textContent = ''
  }

  row(id: string): HTMLLIElement | undefined {
    return rowNamed(this.element, id)
  }

  /** Return the list that the server tells, or null if it is as it was, or cannot be told. */
  private async ask(change?: Change): Promise<HTMLElement | null> {
    this.asking?.abort()
    const asking = new AbortController()
    this.asking = asking
    const query = new URLSearchParams(location.search)
    query.set('list', '1')
    for (const [name, value] of Object.entries(change ?? {})) query.set(name, String(value))
    const headers = { 'If-None-Match': this.tag, Accept: 'text/html' }
    try {
      const answer = await fetch(`/?${query}`, {
        headers,
        cache: 'no-store',
        signal: asking.signal
      })
      if (!answer.ok) return null
      const html = await answer.text()
      this.tag = answer.headers.get('ETag') ?? ''
      return new DOMParser().parseFromString(html, 'text/html').getElementById('list')
    } catch {
      // Somebody asked for something else meanwhile, or the server is away: later, then.
      return null
    } finally {
      if (this.asking === asking) this.asking = null
    }
  }

  private isHeld(): boolean {
    return this.element.matches(':hover') || this.element.contains(document.activeElement)
  }

  private moves(fresh: HTMLElement): boolean {
    const names = (list: ParentNode) => rowsIn(list).map((row) => row.dataset.document)
    return names(fresh).join('\n') !== names(this.element).join('\n')
  }

  /** Say in place what is new, and keep the new order for later. */
  private hold(fresh: HTMLElement): void {
    merged(this.element, fresh.cloneNode(true) as HTMLElement)
    rove(this.element)
    this.held = fresh
    if (this.said.querySelector('button')) return
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = NEWS
    button.addEventListener('click', () => this.held && this.take(this.held))
    this.said.replaceChildren(button)
  }

  private letGo(): void {
    if (this.held && !this.isHeld()) this.take(this.held)
  }

  private take(fresh: HTMLElement): void {
    if (this.held) this.tellNothing()
    this.held = null
    const isSame = !this.moves(fresh)
    const rows = merged(this.element, fresh)
    const active = document.activeElement
    const isHere = this.element.contains(active)
    this.element.dataset.said = fresh.dataset.said ?? ''
    // How many were found is not as many any more.
    if (this.said.textContent) this.tell()
    if (!isSame || rows.length === 0) {
      fresh.querySelector('.documents')?.replaceChildren(...rows)
      this.element.replaceChildren(...fresh.childNodes)
    } else this.takePages(fresh)
    sayTimes(this.element)
    rove(this.element)
    if (isHere && active instanceof HTMLElement && active.isConnected) {
      active.focus({ preventScroll: true })
    }
  }

  /** Have the links to other pages of the list lead to where they lead now. */
  private takePages(fresh: HTMLElement): void {
    const links = (list: HTMLElement) => [...list.querySelectorAll<HTMLAnchorElement>('.pages a')]
    const there = links(this.element)
    links(fresh).forEach((link, at) => {
      if (there[at]) there[at].href = link.href
    })
  }
}

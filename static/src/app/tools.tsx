/** The signs in the bar for what one may ask for while writing, and the keys for it. */

import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { asksForShortcuts, showShortcuts } from './shortcuts'

const REMEMBERED = 'palimpsest outline'
/** As in styles/shell.css: where the outline covers nothing of the text. */
const BESIDE = '(min-width: 78rem)'

/** What was asked for, and is shown. */
export interface Asked {
  readonly isFinding: Signal<boolean>
  readonly hasOutline: Signal<boolean>
}

/** Return what is asked for, from now on also by keys. */
export function useBeside(): Asked {
  const isFinding = useSignal(false)
  const hasOutline = useSignal(isRoomBeside() && wasOpen())
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (asksForShortcuts(event)) {
        event.preventDefault()
        showShortcuts()
      }
      if (!asksToFind(event)) return
      event.preventDefault()
      isFinding.value = true
      document.querySelector<HTMLInputElement>('.find input')?.select()
    }
    window.addEventListener('keydown', keys)
    return () => window.removeEventListener('keydown', keys)
  }, [isFinding])
  return { isFinding, hasOutline }
}

/** In the text it is the key that browsers have for finding; with Alt it is so everywhere. */
function asksToFind(event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.code !== 'KeyF') return false
  const isInText = event.target instanceof Element && event.target.closest('.ProseMirror, .find')
  return event.altKey || Boolean(isInText)
}

export function showOutline({ hasOutline }: Asked, isOpen: boolean): void {
  hasOutline.value = isOpen
  try {
    localStorage.setItem(REMEMBERED, isOpen ? 'open' : 'closed')
  } catch {
    // A browser that keeps nothing asks each time.
  }
}

/** Tell whether the outline fits beside the text. */
export function isRoomBeside(): boolean {
  return matchMedia(BESIDE).matches
}

function wasOpen(): boolean {
  try {
    return localStorage.getItem(REMEMBERED) === 'open'
  } catch {
    return false
  }
}

export function Tools({ beside }: { beside: Asked }) {
  const { isFinding, hasOutline } = beside
  return (
    <div class="tools">
      <Tool
        label="Find and replace"
        isOn={isFinding.value}
        onClick={() => {
          isFinding.value = true
        }}
      >
        <circle cx="7" cy="7" r="4.5" />
        <path d="M10.5 10.5 14 14" />
      </Tool>
      <Tool
        label="Outline"
        isOn={hasOutline.value}
        onClick={() => showOutline(beside, !hasOutline.value)}
      >
        <path d="M2 3.5h12M5 8h9M5 12.5h9" />
      </Tool>
      <Tool label="Keyboard shortcuts" isOn={null} onClick={showShortcuts}>
        <path d="M5 5.5a3 3 0 1 1 4.2 2.7C8.3 8.7 8 9.2 8 10M8 13v.01" />
      </Tool>
    </div>
  )
}

interface ToolProps {
  readonly label: string
  /** Whether what it opens is there; null where that takes the page for itself. */
  readonly isOn: boolean | null
  readonly onClick: () => void
  readonly children: ComponentChildren
}

function Tool({ label, isOn, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      aria-expanded={isOn ?? undefined}
      aria-haspopup={isOn === null ? 'dialog' : undefined}
      title={label}
      onClick={onClick}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        {children}
      </svg>
    </button>
  )
}

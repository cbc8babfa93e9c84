/** Finding and replacing, in a bar of its own above the text. */

import { type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Finder, Found } from '../editor/overview/find'

interface Props {
  readonly finder: Finder
  readonly writable: boolean
  readonly onDone: () => void
}

/** The words are remembered while the page is open. */
let lastWords = ''

export function FindBar({ finder, writable, onDone }: Props) {
  const words = useSignal(lastWords)
  const caseSensitive = useSignal(false)
  const wholeWord = useSignal(false)
  const other = useSignal('')
  const did = useSignal('')
  const input = useRef<HTMLInputElement>(null)
  const says = useComputed(() => did.value || told(words.value, finder.found.value))
  useEffect(() => {
    finder.begin()
    words.value = finder.selected() || words.peek()
    input.current?.focus()
    queueMicrotask(() => input.current?.select())
  }, [finder])
  useSignalEffect(() => {
    lastWords = words.value
    finder.ask({
      words: words.value,
      caseSensitive: caseSensitive.value,
      wholeWord: wholeWord.value
    })
    did.value = ''
  })
  const done = (back: boolean) => {
    finder.end(back)
    onDone()
  }
  const step = (isBack: boolean) => (isBack ? finder.previous() : finder.next())
  const keys = (event: KeyboardEvent) => {
    const isStep = event.key === 'F3' || (event.key === 'Enter' && event.target === input.current)
    if (event.key === 'Escape') done(true)
    else if (isStep) step(event.shiftKey)
    else return
    event.preventDefault()
  }
  const replaceAll = () => {
    const count = finder.replaceAll(other.value)
    did.value = count === 1 ? 'One replaced' : `${count} replaced`
  }
  return (
    <search class="find" onKeyDown={keys}>
      <div class="row">
        <input
          ref={input}
          type="text"
          aria-label="Find"
          placeholder="Find"
          dir="auto"
          maxLength={500}
          value={words.value}
          onInput={(event) => {
            words.value = event.currentTarget.value
          }}
        />
        <output class="says">{says}</output>
        <Button label="Previous" sign="↑" onClick={() => finder.previous()} />
        <Button label="Next" sign="↓" onClick={() => finder.next()} />
        <Toggle label="Match case" sign="Aa" state={caseSensitive} />
        <Toggle label="Whole words" sign="“ab”" state={wholeWord} />
        <Button label="Close" sign="×" onClick={() => done(false)} />
      </div>
      {writable && (
        <div class="row">
          <input
            type="text"
            aria-label="Replace with"
            placeholder="Replace with"
            dir="auto"
            maxLength={500}
            value={other.value}
            onInput={(event) => {
              other.value = event.currentTarget.value
            }}
            onKeyDown={(event) => event.key === 'Enter' && finder.replace(other.value)}
          />
          <button type="button" class="quiet" onClick={() => finder.replace(other.value)}>
            Replace
          </button>
          <button type="button" class="quiet" onClick={replaceAll}>
            All
          </button>
        </div>
      )}
    </search>
  )
}

function told(words: string, { at, count, isMore }: Found): string {
  if (words === '') return ''
  if (count === 0) return 'Not found'
  const all = isMore ? `more than ${count}` : String(count)
  return at === 0 ? all : `${at} of ${all}`
}

interface ButtonProps {
  readonly label: string
  readonly sign: string
  readonly onClick: () => void
}

function Button({ label, sign, onClick }: ButtonProps) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={onClick}>
      <span aria-hidden="true">{sign}</span>
    </button>
  )
}

interface ToggleProps {
  readonly label: string
  readonly sign: string
  readonly state: Signal<boolean>
}

function Toggle({ label, sign, state }: ToggleProps) {
  return (
    <button
      type="button"
      class="tool"
      aria-label={label}
      title={label}
      aria-pressed={state.value}
      onClick={() => {
        state.value = !state.value
      }}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  )
}

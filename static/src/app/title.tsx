/** The document's title, renamed in its place. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Naming } from './naming'

interface Props {
  readonly naming: Naming
  /** What a document is called that has no title. */
  readonly without: string
  readonly writable: boolean
  readonly onDone: () => void
}

export function Title({ naming, without, writable, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null)
  const wrong = useSignal('')
  const title = naming.title.value
  useEffect(() => {
    // What somebody is writing here is not taken from them.
    const input = field.current
    if (input && input !== window.document.activeElement) input.value = title
  }, [title])
  const save = async (input: HTMLInputElement) => {
    const wanted = input.value.trim()
    if (wanted === naming.title.peek()) return
    try {
      await naming.give(wanted)
      wrong.value = ''
    } catch (error) {
      wrong.value = (error as Error).message
      input.value = naming.title.peek()
    }
  }
  return (
    <h1 class="title">
      <input
        ref={field}
        aria-label="Title"
        placeholder={without || 'Untitled'}
        maxLength={300}
        dir="auto"
        defaultValue={naming.title.peek()}
        readOnly={!writable}
        onBlur={(event) => save(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.value = naming.title.peek()
          if (event.key === 'Enter' || event.key === 'Escape') onDone()
        }}
      />
      <span class="wrong" role="alert">
        {wrong.value}
      </span>
    </h1>
  )
}

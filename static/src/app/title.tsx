/** The document's title, renamed in its place. */

import { useSignal } from '@preact/signals'
import { rename } from './api'

interface Props {
  readonly document: string
  readonly title: string
  readonly writable: boolean
  readonly onDone: () => void
}

export function Title({ document: id, title, writable, onDone }: Props) {
  const known = useSignal(title)
  const wrong = useSignal('')
  const save = async (input: HTMLInputElement) => {
    const wanted = input.value.trim()
    if (wanted === known.value) return
    try {
      await rename(id, wanted)
      known.value = wanted
      wrong.value = ''
      window.document.title = wanted || 'Untitled'
    } catch (error) {
      wrong.value = (error as Error).message
      input.value = known.value
    }
  }
  return (
    <h1 class="title">
      <input
        aria-label="Title"
        placeholder="Untitled"
        maxLength={300}
        dir="auto"
        defaultValue={title}
        readOnly={!writable}
        onBlur={(event) => save(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.value = known.value
          if (event.key === 'Enter' || event.key === 'Escape') onDone()
        }}
      />
      <span class="wrong" role="alert">
        {wrong.value}
      </span>
    </h1>
  )
}

/** The outline of the text and how long it is, beside the text; on a narrow page, in front of it. */

import { useEffect } from 'preact/hooks'
import type { Heading, Outline } from '../editor/overview/outline'
import type { Count, WordCount } from '../editor/overview/wordcount'
import { isRoomBeside } from './tools'

interface Props {
  readonly outline: Outline
  readonly words: WordCount
  readonly onClose: () => void
}

export function OutlinePanel({ outline, words, onClose }: Props) {
  useEffect(() => {
    outline.want(true)
    words.want(true)
    return () => {
      outline.want(false)
      words.want(false)
    }
  }, [outline, words])
  const go = (id: string) => {
    if (!isRoomBeside()) onClose()
    outline.go(id)
  }
  const { all, selected, minutes } = words.count.value
  return (
    <aside
      class="panel"
      id="outline"
      aria-label="Outline"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <div class="head">
        <h2>Outline</h2>
        <button type="button" class="tool" aria-label="Close the outline" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <Headings headings={outline.headings.value} current={outline.current.value} go={go} />
      <p class="count">
        {selected && (
          <>
            <strong>{written(selected)} selected</strong>
            <br />
          </>
        )}
        {written(all)}
        <br />
        {minutes === 0 ? 'Nothing to read yet' : `${counted(minutes, 'minute')} to read`}
      </p>
    </aside>
  )
}

interface HeadingsProps {
  readonly headings: readonly Heading[]
  readonly current: string
  readonly go: (id: string) => void
}

function Headings({ headings, current, go }: HeadingsProps) {
  if (headings.length === 0) {
    return <p class="none">Headings appear here. Begin a line with # and a space to make one.</p>
  }
  const top = Math.min(...headings.map((each) => each.level))
  return (
    <nav aria-label="Headings">
      <ul>
        {headings.map(({ id, level, text }) => (
          <li key={id} data-depth={level - top}>
            <button
              type="button"
              dir="auto"
              aria-current={id === current ? 'location' : undefined}
              onClick={() => go(id)}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function written({ words, characters }: Count): string {
  return `${counted(words, 'word')}, ${counted(characters, 'character')}`
}

function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}

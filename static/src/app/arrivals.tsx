/** Says who came and who left, for those who hear the page: gathered, and not too often. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

const GATHER_MILLISECONDS = 3000
const NAMED_MAX = 2

export function Arrivals({ names }: { names: readonly string[] }) {
  const words = useSignal('')
  const told = useRef<readonly string[] | null>(null)
  const now = useRef(names)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  now.current = names
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      words.value = changeOf(told.current, now.current) || words.value
      told.current = now.current
    }, GATHER_MILLISECONDS)
  }, [names.join('\n')])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <p class="visually-hidden" role="status" aria-live="polite" data-about="people">
      {words.value}
    </p>
  )
}

/** Return in words who came and who left; at the beginning, who is here. */
export function changeOf(before: readonly string[] | null, after: readonly string[]): string {
  if (before === null) return told(after, after.length === 1 ? 'is here' : 'are here')
  const came = after.filter((name) => !before.includes(name))
  const left = before.filter((name) => !after.includes(name))
  return [told(came, 'came'), told(left, 'left')].filter(Boolean).join(' ')
}

function told(names: readonly string[], did: string): string {
  if (names.length === 0) return ''
  if (names.length > NAMED_MAX) return `${names.length} people ${did}.`
  return `${names.join(' and ')} ${did}.`
}

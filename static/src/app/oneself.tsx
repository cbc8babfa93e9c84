/** The sign of oneself. A guest is asked for a name when they click it; others have theirs. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { called, type Person } from '../collab/roster'
import { sayName } from './api'

interface Props {
  readonly self: Person
  readonly children: ComponentChildren
}

export function Oneself({ self, children }: Props) {
  const sign = (
    <>
      {children}
      <span class="visually-hidden">
        You, as <bdi>{called(self)}</bdi>
      </span>
    </>
  )
  if (self.kind === 'guest') return <Guest called={called(self)}>{sign}</Guest>
  return (
    <p class="oneself" title={`You, as ${called(self)}`}>
      {sign}
    </p>
  )
}

function Guest({ called, children }: { called: string; children: ComponentChildren }) {
  const field = useRef<HTMLInputElement>(null)
  const wrong = useSignal('')
  const save = async () => {
    try {
      await sayName(field.current?.value ?? '')
      // Those who are here are told when one comes.
      window.location.reload()
    } catch (error) {
      wrong.value = (error as Error).message
    }
  }
  return (
    <>
      <button
        type="button"
        class="oneself person"
        title={`You, as ${called}; change your name`}
        popovertarget="name"
      >
        {children}
      </button>
      <form
        id="name"
        popover="auto"
        class="everybody"
        onToggle={(event) => {
          if (event.newState === 'open') field.current?.focus()
        }}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <label for="called">Your name, as others read it</label>
        <div class="offers">
          <input
            id="called"
            ref={field}
            maxLength={40}
            dir="auto"
            autocomplete="name"
            placeholder={called}
          />
          <button type="submit">Use this name</button>
        </div>
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      </form>
    </>
  )
}

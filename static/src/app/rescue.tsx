/** Where work could be lost: why, and what to do; its text is offered as a copy. */

import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { IN_TRASH, MADE_ANEW, NO_DEVICE, ONLY_TO_READ, type Saving } from '../collab/status'
import type { Carried } from '../editor/overview/rescue'
import { restore } from './api'
import { WORDS } from './chip'
import { pageOf } from './place'

interface WarningProps {
  readonly document: string
  readonly saving: Saving
  readonly carried: Carried | null
}

/** What is said below the bar while not everything is, or can be, saved. */
export function Warning({ document, saving, carried }: WarningProps) {
  if (!('reason' in saving)) return null
  const isAnew = saving.reason === MADE_ANEW
  return (
    <aside
      class={saving.reason === ONLY_TO_READ ? 'banner' : 'banner staying'}
      data-saving={saving.kind}
      aria-label={WORDS[saving.kind]}
    >
      <p>
        <strong>{WORDS[saving.kind]}.</strong> {saving.reason}
      </p>
      {carried && (saving.kind === 'not-saved' || isAnew) && (
        <Offer carried={carried} mayKeep={saving.reason !== NO_DEVICE} />
      )}
      {saving.reason === IN_TRASH && <RestoreButton document={document} />}
      {isAnew && (
        <p>
          <a href={window.location.pathname}>Open what is there now</a>
        </p>
      )}
    </aside>
  )
}

/** Takes a document out of the trash; the connection tells when it can be written in again. */
function RestoreButton({ document }: { document: string }) {
  const wrong = useSignal('')
  const back = attempt(wrong, async () => void (await restore(document)))
  return (
    <div class="offers">
      <button type="button" onClick={back}>
        Restore it
      </button>
      <span class="wrong" role="alert">
        {wrong.value}
      </span>
    </div>
  )
}

interface LeftProps {
  readonly carried: Carried
  readonly forget: () => Promise<void>
}

/** What is said of text that an earlier document of this address left on this device. */
export function LeftHere({ carried, forget }: LeftProps) {
  const isGone = useSignal(false)
  if (isGone.value) return null
  const discard = async () => {
    await forget()
    isGone.value = true
  }
  return (
    <aside class="banner" data-saving="not-saved" aria-label="Text that was never saved">
      <p>
        <strong>Text was kept on this device that was never saved.</strong> It belongs to an
        earlier document of this address, so it was not put into this one.
      </p>
      <Offer carried={carried} mayKeep={true}>
        <button type="button" onClick={discard}>
          Discard it
        </button>
      </Offer>
    </aside>
  )
}

interface OfferProps {
  readonly carried: Carried
  readonly mayKeep: boolean
  readonly children?: ComponentChildren
}

function Offer({ carried, mayKeep, children }: OfferProps) {
  const state = useSignal<'offered' | 'busy' | 'kept'>('offered')
  const kept = useSignal('')
  const wrong = useSignal('')
  const keep = attempt(wrong, async () => {
    state.value = 'busy'
    kept.value = await carried.keep().finally(() => {
      state.value = 'offered'
    })
    state.value = 'kept'
  })
  return (
    <div class="offers">
      {state.value === 'kept' ? (
        <a href={pageOf(kept.value)}>Open the new document</a>
      ) : (
        mayKeep && (
          <button type="button" disabled={state.value === 'busy'} onClick={keep}>
            Keep as a new document
          </button>
        )
      )}
      <CopyButton carried={carried} wrong={wrong} />
      {children}
      <span class="wrong" role="alert">
        {wrong.value}
      </span>
    </div>
  )
}

function CopyButton({ carried, wrong }: { carried: Carried; wrong: Signal<string> }) {
  const copied = useSignal(false)
  const copy = attempt(wrong, async () => {
    await carried.copy()
    copied.value = true
  })
  return (
    <button type="button" onClick={copy}>
      {copied.value ? 'Copied' : 'Copy the text'}
    </button>
  )
}

/** Return what does something, and says why if it does not work. */
function attempt(wrong: Signal<string>, work: () => Promise<void>): () => Promise<void> {
  return async () => {
    wrong.value = ''
    try {
      await work()
    } catch (error) {
      wrong.value = (error as Error).message
    }
  }
}

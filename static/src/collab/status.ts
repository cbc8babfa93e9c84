/**
 * The truth about saving, as a pure state machine: events in, what to say out. Knows no network.
 *
 * What is said follows the work that somebody could lose, not the socket: who has written nothing
 * that is not saved is merely offline.
 */

export type Device =
  /** Nothing is kept on this device, and nothing can be. */
  | 'none'
  /** Something is being written. */
  | 'writing'
  /** Everything here is written. */
  | 'kept'
  /** It could not be written. */
  | 'failing'

export interface Standing {
  readonly connected: boolean
  /** Whether the server has told all that it has, since the connection opened. */
  readonly synced: boolean
  /** Whether a connection was lost, or could not be had. */
  readonly everClosed: boolean
  readonly writable: boolean
  /** Whether something was written here that is not known to be durable. */
  readonly unsaved: boolean
  readonly device: Device
  /** Why the server takes nothing, or nothing more. */
  readonly refusal: string | null
}

export type Happening =
  | { type: 'opened' }
  | { type: 'admitted'; writable: boolean }
  | { type: 'synced' }
  | { type: 'edited' }
  | { type: 'settled' }
  | { type: 'refused'; reason: string }
  | { type: 'closed' }
  | { type: 'device'; device: Device }

export type Saving =
  | { kind: 'opening' }
  | { kind: 'saved' }
  | { kind: 'saving' }
  /** Offline, and what was written is being written to this device, or is there. */
  | { kind: 'keeping' }
  | { kind: 'kept' }
  | { kind: 'offline' }
  | { kind: 'read-only'; reason: string }
  | { kind: 'not-saved'; reason: string }

export const NO_DEVICE =
  'There is no connection, and this browser keeps no copy. Leave this page open: what you wrote is sent when the connection is back.'

/** How the server refuses a copy of another lineage (domain/refusals.py). */
export const MADE_ANEW = 'This is not the document that was opened: it was made anew, or is gone.'

/** What somebody is told who came to read. */
export const ONLY_TO_READ = 'You may read this document, and not change it.'

/** How the server refuses edits of a document that was thrown away (domain/refusals.py). */
export const IN_TRASH = 'The document is in the trash; restore it to write on.'

export const BEGINNING: Standing = {
  connected: false,
  synced: false,
  everClosed: false,
  writable: true,
  unsaved: false,
  device: 'none',
  refusal: null
}

/** Return how it stands after something happened. */
export function evolve(standing: Standing, happening: Happening): Standing {
  switch (happening.type) {
    case 'opened':
      return { ...standing, connected: true, synced: false, refusal: null }
    case 'admitted':
      return { ...standing, writable: happening.writable, refusal: null }
    case 'synced':
      return { ...standing, synced: true }
    case 'edited':
      return { ...standing, unsaved: true }
    case 'settled':
      return { ...standing, unsaved: false }
    case 'refused':
      return { ...standing, refusal: happening.reason }
    case 'closed':
      return { ...standing, connected: false, synced: false, everClosed: true }
    case 'device':
      return { ...standing, device: happening.device }
  }
}

/** Return what is true of somebody's work. */
export function saving(standing: Standing): Saving {
  const { refusal, unsaved, connected } = standing
  if (refusal !== null) {
    return { kind: unsaved ? 'not-saved' : 'read-only', reason: refusal }
  }
  if (connected) return savingOnline(standing)
  if (unsaved) return savingOffline(standing.device)
  return { kind: standing.everClosed ? 'offline' : 'opening' }
}

function savingOnline(standing: Standing): Saving {
  if (!standing.writable) {
    return { kind: standing.unsaved ? 'not-saved' : 'read-only', reason: ONLY_TO_READ }
  }
  if (standing.unsaved) return { kind: 'saving' }
  return { kind: standing.synced ? 'saved' : 'opening' }
}

function savingOffline(device: Device): Saving {
  switch (device) {
    case 'kept':
      return { kind: 'kept' }
    case 'writing':
      return { kind: 'keeping' }
    default:
      return { kind: 'not-saved', reason: NO_DEVICE }
  }
}

/** Tell whether leaving the page now would lose what was written. */
export function wouldLose(standing: Standing): boolean {
  return standing.unsaved && (standing.refusal !== null || standing.device !== 'kept')
}

/**
 * A copy of one document on this device, in IndexedDB: written as it changes, and what is said of
 * it is said only once the write is done. Knows no network.
 *
 * Own, because y-indexeddb does not tell when a write is done, or that it failed. While one write
 * is on its way what follows gathers for the next.
 */

import * as Y from 'yjs'
import type { Device } from './status'

const UPDATES = 'updates'
/** By client id: whose edits are not known to be durable on the server. */
const UNSAVED = 'unsaved'
const ROWS_MAX = 200

export class DeviceCopy {
  /** Whether edits of an earlier visit are not known to be durable on the server. */
  readonly unsaved: boolean
  #waiting: Uint8Array[] = []
  #marks: 'none' | 'mark' | 'clear' = 'none'
  #marked = false
  #writing = false

  #rows: number
  #owners: IDBValidKey[]

  private constructor(
    private readonly database: IDBDatabase,
    private readonly doc: Y.Doc,
    found: { rows: number; owners: IDBValidKey[] },
    private readonly tell: (device: Device) => void,
    private readonly isOwn: (origin: unknown) => boolean
  ) {
    this.#rows = found.rows
    this.#owners = found.owners
    this.unsaved = found.owners.length > 0
    doc.on('update', this.#take)
    tell('kept')
  }

  /**
   * Open the copy of that name and bring its content into the document; null if this browser
   * keeps nothing. `isOwn` tells if an update was made here, by the origin of its transaction.
   */
  static async open(
    name: string,
    doc: Y.Doc,
    tell: (device: Device) => void,
    isOwn: (origin: unknown) => boolean
  ): Promise<DeviceCopy | null> {
    try {
      const database = await opened(name)
      const transaction = database.transaction([UPDATES, UNSAVED])
      const [updates, owners] = await Promise.all([
        done<Uint8Array[]>(transaction.objectStore(UPDATES).getAll()),
        done<IDBValidKey[]>(transaction.objectStore(UNSAVED).getAllKeys())
      ])
      doc.transact(() => {
        for (const update of updates) Y.applyUpdate(doc, update)
      }, DeviceCopy)
      return new DeviceCopy(database, doc, { rows: updates.length, owners }, tell, isOwn)
    } catch {
      tell('none')
      return null
    }
  }

  /** Take note that all that was written here is durable on the server. */
  settled(): void {
    if (!this.#marked && this.#owners.length === 0) return
    this.#marks = 'clear'
    this.#marked = false
    this.#flush()
  }

  close(): void {
    this.doc.off('update', this.#take)
    this.database.close()
  }

  #take = (update: Uint8Array, origin: unknown): void => {
    if (origin === DeviceCopy) return
    if (this.isOwn(origin) && !this.#marked) {
      this.#marks = 'mark'
      this.#marked = true
    }
    this.#waiting.push(update)
    this.tell('writing')
    this.#flush()
  }

  #flush(): void {
    if (this.#writing) return
    this.#writing = true
    const [updates, marks] = [this.#waiting, this.#marks]
    this.#waiting = []
    this.#marks = 'none'
    const failed = () => {
      // It stays what has to be written, and goes with the next change.
      this.#waiting.unshift(...updates)
      if (this.#marks === 'none') this.#marks = marks
      this.#writing = false
      this.tell('failing')
    }
    try {
      const transaction = this.database.transaction([UPDATES, UNSAVED], 'readwrite')
      transaction.oncomplete = () => this.#written()
      transaction.onabort = failed
      this.#write(transaction.objectStore(UPDATES), updates)
      this.#mark(transaction.objectStore(UNSAVED), marks)
    } catch {
      failed()
    }
  }

  #write(store: IDBObjectStore, updates: Uint8Array[]): void {
    if (updates.length > 0) store.add(Y.mergeUpdates(updates))
    this.#rows += 1
    if (this.#rows <= ROWS_MAX) return
    this.#rows = 1
    const request = store.getAll()
    // Another tab may have written here what this one does not know.
    request.onsuccess = () => {
      store.clear()
      store.add(Y.mergeUpdates(request.result))
    }
  }

  #mark(store: IDBObjectStore, marks: 'none' | 'mark' | 'clear'): void {
    if (marks === 'mark') store.put(true, this.doc.clientID)
    if (marks === 'clear') {
      for (const owner of [...this.#owners.splice(0), this.doc.clientID]) store.delete(owner)
    }
  }

  #written(): void {
    this.#writing = false
    if (this.#waiting.length > 0 || this.#marks !== 'none') this.#flush()
    else this.tell('kept')
  }
}

/** Forget the copy of that name. */
export async function forget(name: string): Promise<void> {
  await done(indexedDB.deleteDatabase(name))
}

function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(UPDATES, { autoIncrement: true })
    request.result.createObjectStore(UNSAVED)
  }
  return done(request)
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

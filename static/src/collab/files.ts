/** Sends a file to the server, and tells how far it is; fetches one of another document. Knows no editor. */

export interface Kept {
  readonly src: string
  readonly size: number
  readonly type: string
  readonly width?: number
  readonly height?: number
}

/**
 * The file was not kept; the message can be shown. `isAway` if nobody answered, `isForGood` if it
 * would be refused again.
 */
export class NotKept extends Error {
  constructor(
    message: string,
    readonly isAway = false,
    readonly isForGood = false
  ) {
    super(message)
  }
}

/** How the server answers to a file that is empty. */
const UNFIT = 422

const AWAY = 'There is no connection.'

/** Send a file of a document; `told` hears which part of it is there, from 0 to 1. */
export function send(document: string, file: Blob, told: (part: number) => void): Promise<Kept> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how far it is.
    const request = new XMLHttpRequest()
    request.open('POST', `/api/documents/${encodeURIComponent(document)}/files`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) told(event.loaded / event.total)
    })
    request.addEventListener('load', () => {
      if (request.status < 300 && request.response?.src) resolve(request.response)
      else reject(new NotKept(reasonIn(request), false, request.status === UNFIT))
    })
    request.addEventListener('error', () => reject(new NotKept(AWAY, true)))
    request.send(file)
  })
}

/** Return a file that another document keeps. */
export async function fetched(path: string): Promise<Blob> {
  const answer = await fetch(path).catch(() => {
    throw new NotKept(AWAY, true)
  })
  if (!answer.ok) throw new NotKept('It cannot be read where it was.')
  return answer.blob()
}

function reasonIn(request: XMLHttpRequest): string {
  return request.response?.detail ?? `The server answered ${request.status}.`
}

/** Registers the service worker, and says quietly when there is a newer edition of this page. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const LOOK_MILLISECONDS = 30 * 60 * 1000

/** A button, once a newer edition is ready; nothing is changed under anybody's hands before. */
export function Edition({ edition }: { edition: string }) {
  const isReady = useSignal(false)
  useEffect(() => {
    const worker = navigator.serviceWorker
    if (!worker) return
    const heard = ({ data }: MessageEvent) => {
      if (data?.edition && data.edition !== edition) isReady.value = true
    }
    worker.addEventListener('message', heard)
    worker.register('/sw.js').catch(() => {
      // Without it everything is as it is, but for opening without a network.
    })
    const look = () => void worker.getRegistration().then((found) => found?.update())
    const timer = setInterval(() => look(), LOOK_MILLISECONDS)
    return () => {
      clearInterval(timer)
      worker.removeEventListener('message', heard)
    }
  }, [edition, isReady])
  if (!isReady.value) return null
  return (
    <button type="button" class="quiet update" onClick={takeOver}>
      Update ready
    </button>
  )
}

async function takeOver(): Promise<void> {
  const reload = () => window.location.reload()
  const registration = await navigator.serviceWorker.getRegistration()
  if (!registration?.waiting) return reload()
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true })
  registration.waiting.postMessage('take over')
}

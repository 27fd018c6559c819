/** The conversation about a new version: it waits until somebody says "now". */
import { ref } from 'vue'

export const updateReady = ref(false)
let waitingWorker: ServiceWorker | null = null
const CHECK_MS = 30 * 60_000

export async function watchForUpdates(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register('/sw.js').catch(() => undefined)
  // A private window may refuse: the app works, it only needs the network to open.
  if (!registration) return
  offer(registration)
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', () => offer(registration))
  })
  setInterval(() => void registration.update().catch(() => undefined), CHECK_MS)
}

export function takeUpdate(): void {
  // In another tab somebody was faster, and it has taken over already: only this page is still the old one.
  if (waitingWorker?.state !== 'installed') return location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waitingWorker.postMessage('take-over')
}

/** A first installation has nothing to replace, so there is nothing to ask. */
function offer(registration: ServiceWorkerRegistration): void {
  if (!registration.waiting || !navigator.serviceWorker.controller) return
  waitingWorker = registration.waiting
  updateReady.value = true
}

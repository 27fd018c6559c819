/**
 * Opens the shell without a network, and sends what waits when the browser calls while the app is closed.
 *
 * Data never passes through its caches: what the app knows offline is in its own
 * database, and what it did offline is in its outbox. A new version waits until
 * the person says "now", so that no screen changes under a busy thumb.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { answerCalls } from './calls.ts'
import { sendWhenCalled, whenNobodySends } from './sending.ts'

declare const self: ServiceWorkerGlobalScope
declare const __PRECACHE__: { url: string; revision: string | null }[]

const HASHED = 'trueshelf-assets'
const SERVER_PATHS = [/^\/graphql/, /^\/auth/, /^\/photos\//, /^\/healthz/, /^\/readyz/, /^\/metrics/]

precacheAndRoute(__PRECACHE__)
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: SERVER_PATHS }))

// Files whose name carries their hash never change: the first copy is the right one for ever.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'),
  async ({ request }) => {
    const cache = await caches.open(HASHED)
    const kept = await cache.match(request)
    if (kept) return kept
    const fresh = await fetch(request)
    if (fresh.ok) await cache.put(request, fresh.clone())
    return fresh
  },
)

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(whenNobodySends(() => self.skipWaiting()))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

answerCalls()
sendWhenCalled()

/**
 * Being woken: the server says only "there is something for you" and where to look.
 *
 * Whatever else a message holds is not shown, and an address of somebody else is not opened.
 */
declare const self: ServiceWorkerGlobalScope

const TITLE = '真架 · Trueshelf'
const WORDS = '有一件事需要您 · Something needs you'

/** Where a message leads within our own app; the first page if it does not say, or says something else. */
export function pathOf(message: unknown, origin: string): string {
  const path = typeof message === 'object' && message !== null && 'path' in message ? message.path : undefined
  if (typeof path !== 'string' || !path.startsWith('/')) return '/'
  try {
    const address = new URL(path, origin)
    return address.origin === origin ? address.pathname + address.search : '/'
  } catch {
    return '/'
  }
}

/** Show every call, and open what it is about when it is touched. */
export function answerCalls(): void {
  self.addEventListener('push', (event) => {
    const path = pathOf(read(event.data), self.location.origin)
    event.waitUntil(
      self.registration.showNotification(TITLE, {
        body: WORDS,
        icon: '/icon-192.png',
        badge: '/icon-192.png',
        // One a place: a newer one takes the place of the one that nobody has touched, and no other's.
        tag: `trueshelf ${path}`,
        data: { path },
      }),
    )
  })
  self.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(open(pathOf(event.notification.data, self.location.origin)))
  })
}

function read(data: PushMessageData | null): unknown {
  try {
    return data?.json()
  } catch {
    return undefined
  }
}

/** In the window that is open, else in a new one. */
async function open(path: string): Promise<void> {
  const [window] = await self.clients.matchAll({ type: 'window' })
  if (!window) {
    await self.clients.openWindow(path)
    return
  }
  const shown = await window.navigate(path)
  // Where nobody has touched anything, the browser keeps the window where it is.
  await shown?.focus().catch(() => undefined)
}

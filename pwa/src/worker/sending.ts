/**
 * Sends what waits while the app is closed, where the browser calls for that.
 *
 * It is the same outbox as the page's, under the same lock. It sends in the name of whoever was signed in when the
 * page was last open, and the server takes that in this person's own session only. What has no verdict is left as it
 * is: the browser calls again, or the page does when it opens.
 */
import { openPhotoQueue, PHOTOS_LOCK, photoStore } from '../data/photos-sending.ts'
import { notedSender, openOutbox, SENDING_LOCK, SYNC_TAG } from '../data/sending.ts'

declare const self: ServiceWorkerGlobalScope

/** Not in the types yet: https://wicg.github.io/background-sync/spec/ */
interface SyncEvent extends ExtendableEvent {
  tag: string
}

const POLITE_MS = 5_000

export class StillWaiting extends Error {}

export function sendWhenCalled(): void {
  self.addEventListener('sync', (event) => {
    const { tag } = event as SyncEvent
    if (tag === SYNC_TAG) (event as SyncEvent).waitUntil(sendAll())
  })
}

/** Throws when something of this person's still waits, so that the browser calls again. */
export async function sendAll(): Promise<void> {
  const actorId = await notedSender()
  if (actorId === undefined) return
  const tabs = new BroadcastChannel(SENDING_LOCK)
  const outbox = openOutbox({
    actorId: () => actorId,
    later: () => () => {},
    changed: (requestIds) => tabs.postMessage(requestIds),
  })
  await outbox.drain()
  tabs.close()
  const waits = (await outbox.all()).some((operation) => operation.state === 'waiting' && operation.actorId === actorId)
  const photosWait = await sendPhotos(actorId)
  if (waits || photosWait) throw new StillWaiting('some operations have no verdict yet')
}

/** Returns whether some are not whole on the server yet; those that are wait for their deed and need no call. */
async function sendPhotos(actorId: string): Promise<boolean> {
  const tabs = new BroadcastChannel(PHOTOS_LOCK)
  await openPhotoQueue({
    actorId: () => actorId,
    later: () => () => {},
    changed: () => tabs.postMessage('changed'),
  }).drain()
  tabs.close()
  return (await photoStore.all()).some(({ state, actorId: whose, sent, bytes }) => state === 'waiting' && whose === actorId && sent < bytes)
}

/** A new version takes over between two requests and not in the middle of one; it does not wait for ever. */
export async function whenNobodySends(work: () => Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(SENDING_LOCK, { signal: AbortSignal.timeout(POLITE_MS) }, work)
  } catch {
    await work()
  }
}

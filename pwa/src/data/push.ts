/** Being woken when there is something to do: the browser's own subscription, told to the server. */
import { PushKeyQuery, SubscribePush, UnsubscribePush } from './documents/push.ts'
import { match } from './match.ts'
import { ask } from './transport.ts'
import { uuidv7 } from './uuid.ts'

/** `install`: an iPhone gives notifications only to what is on its home screen. */
export type PushState = 'on' | 'off' | 'denied' | 'install' | 'absent'

export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) return isIphone() ? 'install' : 'absent'
  if (Notification.permission === 'denied') return 'denied'
  if ((await ask(PushKeyQuery, {})).pushPublicKey === null) return 'absent'
  return (await subscription()) ? 'on' : 'off'
}

/** False when the person or the browser will not have it. */
export async function startPush(): Promise<boolean> {
  const { pushPublicKey } = await ask(PushKeyQuery, {})
  if (pushPublicKey === null || (await Notification.requestPermission()) !== 'granted') return false
  const { pushManager } = await navigator.serviceWorker.ready
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushPublicKey })
  const { endpoint = '', keys } = made.toJSON()
  const input = { requestId: uuidv7(), endpoint, p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' }
  const taken = match((await ask(SubscribePush, { input })).subscribePush, {
    SubscribePushSuccess: (): boolean => true,
    InvalidInput: () => false,
    OnlyPeople: () => false,
    RequestIdConflict: () => false,
  })
  if (!taken) await made.unsubscribe()
  return taken
}

export async function stopPush(): Promise<void> {
  const known = await subscription()
  if (!known) return
  await ask(UnsubscribePush, { input: { requestId: uuidv7(), endpoint: known.endpoint } })
  await known.unsubscribe()
}

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager.getSubscription()) ?? null
}

function isIphone(): boolean {
  return /iPhone|iPad|iPod/.test(navigator.userAgent)
}

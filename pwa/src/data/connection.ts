/** How honest the screen is: are we in touch, and from when is what it shows? */
import { computed, reactive, watch } from 'vue'
import { watchLive } from './live.ts'

const touch = reactive({
  network: typeof navigator === 'undefined' || navigator.onLine,
  reached: true,
  live: false,
  everLive: false,
  offlineSince: 0,
  /** When what is on the screen was last known to be the server's truth (ms). */
  asOf: 0,
})

export type Contact = 'live' | 'connecting' | 'offline'

export const contact = computed<Contact>(() => {
  if (!touch.network || !touch.reached) return 'offline'
  if (touch.live) return 'live'
  return touch.everLive ? 'offline' : 'connecting'
})

/** Whether the device itself has a network; a single question that was lost says nothing of it. */
export const hasNetwork = computed(() => touch.network)
/** When this device lost touch (ms); 0 while it has not. */
export const offlineSince = computed(() => touch.offlineSince)
export const dataAsOf = computed(() => touch.asOf)

export function serverHeard(reached: boolean): void {
  touch.reached = reached
}

/** What a device kept is only as fresh as the moment it was kept. */
export function keptDataIsFrom(moment: number): void {
  touch.asOf = Math.max(touch.asOf, moment)
}

const damaged = reactive(new Set<'goods' | 'stock'>())
/** A part of what this device kept cannot be read any more, and has not come again yet. */
export const keptIsDamaged = computed(() => damaged.size > 0)

export function foundDamaged(what: 'goods' | 'stock', isDamaged: boolean): void {
  if (isDamaged) damaged.add(what)
  else damaged.delete(what)
}

export function watchConnection(): void {
  watch(contact, (now) => (touch.offlineSince = now === 'offline' ? Date.now() : 0), { immediate: true })
  addEventListener('online', () => Object.assign(touch, { network: true, reached: true }))
  addEventListener('offline', () => (touch.network = false))
  watchLive({
    connected: (connected) => {
      touch.live = connected
      if (connected) Object.assign(touch, { everLive: true, reached: true, network: true })
    },
    // A request that took too long does not mean that we are out of touch while the socket answers.
    pulse: () => Object.assign(touch, { asOf: Date.now(), reached: true }),
    // Whoever takes the device next is not offline while her own socket opens.
    hungUp: () => (touch.everLive = false),
  })
}

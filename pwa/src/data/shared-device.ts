/**
 * A shop's shared device: who works here, and how they take turns.
 *
 * Only the server makes a device shared (its cookie is out of our reach); what is kept here lets
 * the tiles show at once. A PIN is checked by the server, so nobody changes without a network:
 * then whoever is signed in goes on, and each act carries that person's name.
 */
import { computed, shallowRef } from 'vue'
import { contact } from './connection.ts'
import { DoorRefusal, knock, type Step } from './door.ts'
import { readLocal } from './local.ts'
import { changePerson, lock, sessionState } from './session.ts'

export interface Colleague {
  id: string
  name: string
}

export interface SharedDevice {
  store: { id: string; name: string; nameEn: string }
  people: Colleague[]
}

const KEY = 'trueshelf.shared-device'
const TOUCHED_KEY = 'trueshelf.touched'
export const IDLE_MS = 15 * 60_000
const LOOK_MS = 5_000

const device = shallowRef<SharedDevice>()
export const sharedDevice = computed(() => device.value)

/** The tiles show at once. */
export function openSharedDevice(): void {
  device.value = readLocal<SharedDevice>(KEY)
}

/** Ask a shop's device whether it still is one, and who works there. Without an answer, what was known stays. */
export async function refreshSharedDevice(): Promise<void> {
  if (device.value) await readSharedDevice()
}

async function readSharedDevice(): Promise<void> {
  try {
    know(await knock<SharedDevice>('/auth/shared-device', undefined, 'GET'))
  } catch (error) {
    if (!(error instanceof DoorRefusal)) throw error
    if (error.code === 'NOT_FOUND' || error.code === 'HTTP_404') know(undefined)
  }
}

function know(known: SharedDevice | undefined): void {
  device.value = known
  if (known) localStorage.setItem(KEY, JSON.stringify(known))
  else localStorage.removeItem(KEY)
}

export async function shareDevice(storeId: string, name: string): Promise<void> {
  await knock('/auth/shared-device', { storeId, name })
  await readSharedDevice()
}

export async function unshareDevice(): Promise<void> {
  await knock('/auth/shared-device', undefined, 'DELETE')
  know(undefined)
}

/** A colleague takes the device with a PIN. Throws `DoorRefusal`, and then whoever was signed in still is. */
export function takeTurn(personId: string, pin: string): Promise<Step> {
  return changePerson(
    async () => (await knock<{ status: Step }>('/auth/pin/switch', { personId, pin })).status,
    device.value?.store.id,
  )
}

/**
 * Lock a shared device that nobody has touched for a while. Not without a network, where nobody could
 * unlock it: the queue goes on, and the server's own clock locks it at the first contact.
 */
export function watchIdleness(): void {
  const touched = (): void => localStorage.setItem(TOUCHED_KEY, String(Date.now()))
  touched()
  for (const sign of ['pointerdown', 'keydown'] as const) addEventListener(sign, touched, { capture: true, passive: true })
  const look = (): void => {
    // A clock that was set back meanwhile is no reason to stay open.
    const idle = Math.abs(Date.now() - Number(localStorage.getItem(TOUCHED_KEY)))
    if (device.value && sessionState.value === 'signed-in' && contact.value !== 'offline' && idle >= IDLE_MS) void lock()
  }
  setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', look)
}

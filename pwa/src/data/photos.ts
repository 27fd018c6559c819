/**
 * Photos that were taken on this device: kept here first, then brought to the server, whatever happens meanwhile.
 *
 * `keepPhoto` gives what the act sends along (`photos: [PhotoInput!]!`); the picture goes its own way, before or after.
 */
import { computed, shallowRef } from 'vue'
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import type { PhotoFields, RetakePhoto } from './documents/photos.ts'
import type { ResultOf, VariablesOf } from './graphql.ts'
import { openPhotoQueue, PHOTOS_LOCK, photoStore as store } from './photos-sending.ts'
import { makeSmall } from './photos-small.ts'
import type { DevicePhoto } from './photos-store.ts'
import type { Whereabouts } from './place.ts'
import { me, senderId } from './session.ts'
import { DeviceFull, isFull } from './storage.ts'
import { uuidv7 } from './uuid.ts'

export type { DevicePhoto } from './photos-store.ts'
export { DeviceFull } from './storage.ts'
export type Photo = ResultOf<typeof PhotoFields>
export type PhotoInput = VariablesOf<typeof RetakePhoto>['input']['photo']

const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(PHOTOS_LOCK)
const kept = shallowRef<ReadonlyMap<string, DevicePhoto>>(new Map())

/** What this device knows of a photo: how much of it is sent, or why it must be taken again. */
export const devicePhoto = (id: string): DevicePhoto | undefined => kept.value.get(id)
const mine = computed(() => [...kept.value.values()].filter(({ actorId }) => actorId === me.value?.id))
export const photosWaiting = computed(() => mine.value.filter(({ state }) => state === 'waiting'))
export const photosRefused = computed(() => mine.value.filter(({ state }) => state === 'refused'))

const queue = openPhotoQueue({
  actorId: () => senderId.value,
  later: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
  changed: () => {
    tabs?.postMessage('changed')
    void show()
  },
})

/** Show what is here and bring it whenever that may work again. */
export async function startPhotos(): Promise<void> {
  tabs?.addEventListener('message', () => void show())
  addEventListener('online', sendPhotos)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && sendPhotos())
  await read()
  sendPhotos()
}

export function sendPhotos(): void {
  void queue.drain(true)
}

/** Make it small and keep it on this device; throws `DeviceFull`, or what the browser says of something that is no picture. */
export async function keepPhoto(picture: Blob, place?: Whereabouts): Promise<PhotoInput> {
  const actor = me.value
  if (!actor) throw new Error('nobody is signed in')
  const bytes = await (await makeSmall(picture)).arrayBuffer()
  await clockKnown()
  const now = clock.now()
  const photo = { id: uuidv7(now), sha256: await sha256(bytes), bytes: bytes.byteLength, takenAt: new Date(now).toISOString() }
  try {
    await store.add({ ...photo, actorId: actor.id, state: 'waiting', sent: 0, since: now }, bytes)
  } catch (error) {
    throw isFull(error) ? new DeviceFull('no room', { cause: error }) : error
  }
  await show()
  sendPhotos()
  return typeof place === 'object' ? { ...photo, latitude: place.latitude, longitude: place.longitude } : photo
}

/** It was taken in error, or its act will never be: nobody needs it any more. */
export async function forgetPhoto(id: string): Promise<void> {
  await store.forget([id])
  await show()
}

interface Named {
  id: string
}

/** The pictures that a deed sends along, or that it is about. */
export function photosOf(deed: { input: unknown }): string[] {
  const { photos, photo, lines } = deed.input as { photos?: Named[] | null; photo?: Named | null; lines?: { photo?: Named | null }[] | null }
  return [...(photos ?? []), photo, ...(lines ?? []).map((line) => line.photo)].flatMap((each) => (each ? [each.id] : []))
}

/** The deed was taken back before anybody heard of it: nobody will ask for its pictures. */
export async function forgetPhotosOf(deed: { input: unknown }): Promise<void> {
  await store.forget(photosOf(deed))
  await show()
}

/** Somebody vouches for what another has done: the pictures go out in her session, like the deed. */
export async function takeOverPhotosOf(deed: { input: unknown }, actorId: string): Promise<void> {
  await Promise.all(photosOf(deed).map((id) => store.change(id, { actorId })))
  await show()
  sendPhotos()
}

/** The picture itself while it is on this device. */
export async function localPicture(id: string): Promise<Blob | undefined> {
  const bytes = await store.picture(id)
  return bytes && new Blob([bytes], { type: 'image/jpeg' })
}

async function read(): Promise<void> {
  kept.value = new Map((await store.all()).map((photo) => [photo.id, photo]))
}

/** A photo that is kept is kept, also when the list of them cannot be read just now. */
async function show(): Promise<void> {
  await read().catch((error: unknown) => console.error(error))
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

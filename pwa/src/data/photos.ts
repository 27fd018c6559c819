/**
 * Photos that were taken on this device: kept here first, then brought to the server, whatever happens meanwhile.
 *
 * `keepPhoto` gives what the act sends along (`photos: [PhotoInput!]!`); the picture goes its own way, before or after.
 */
import { computed, shallowRef } from 'vue'
import { vault } from './database.ts'
import type { PhotoFields, RetakePhoto } from './documents/photos.ts'
import type { ResultOf, VariablesOf } from './graphql.ts'
import { PhotoQueue, type PhotoServer, type Progress } from './photos-queue.ts'
import { makeSmall } from './photos-small.ts'
import { openPhotoDatabase, PhotoStore, type DevicePhoto } from './photos-store.ts'
import type { Whereabouts } from './place.ts'
import { me, senderId } from './session.ts'
import { Refused, request, SAID_BY_US, signedOut } from './transport.ts'
import { uuidv7 } from './uuid.ts'

export type { DevicePhoto } from './photos-store.ts'
export type Photo = ResultOf<typeof PhotoFields>
export type PhotoInput = VariablesOf<typeof RetakePhoto>['input']['photo']

/** There is no room on the device: nothing was kept, and the person must hear of it. */
export class DeviceFull extends Error {}

const LOCK = 'trueshelf.photos'
const store = new PhotoStore(() => openPhotoDatabase(), vault)
const kept = shallowRef<ReadonlyMap<string, DevicePhoto>>(new Map())

/** What this device knows of a photo: how much of it is sent, or why it must be taken again. */
export const devicePhoto = (id: string): DevicePhoto | undefined => kept.value.get(id)
const mine = computed(() => [...kept.value.values()].filter(({ actorId }) => actorId === me.value?.id))
export const photosWaiting = computed(() => mine.value.filter(({ state }) => state === 'waiting'))
export const photosRefused = computed(() => mine.value.filter(({ state }) => state === 'refused'))

const queue = new PhotoQueue({
  store,
  server: { look, bring },
  actorId: () => senderId.value,
  now: Date.now,
  alone: async (work) => {
    if (navigator.locks) await navigator.locks.request(LOCK, work)
    else await work()
  },
  later: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds)
    return () => clearTimeout(timer)
  },
  changed: () => void show(),
})

/** Show what is here and bring it whenever that may work again. */
export async function startPhotos(): Promise<void> {
  addEventListener('online', sendPhotos)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && sendPhotos())
  await show()
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
  const now = Date.now()
  const photo = { id: uuidv7(now), sha256: await sha256(bytes), bytes: bytes.byteLength, takenAt: new Date(now).toISOString() }
  try {
    await store.add({ ...photo, actorId: actor.id, state: 'waiting', sent: 0, since: now }, bytes)
  } catch (error) {
    throw error instanceof DOMException && error.name === 'QuotaExceededError' ? new DeviceFull('no room', { cause: error }) : error
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

/** The picture itself while it is on this device. */
export async function localPicture(id: string): Promise<Blob | undefined> {
  const bytes = await store.picture(id)
  return bytes && new Blob([bytes], { type: 'image/jpeg' })
}

async function show(): Promise<void> {
  kept.value = new Map((await store.all()).map((photo) => [photo.id, photo]))
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function look(photo: DevicePhoto): ReturnType<PhotoServer['look']> {
  return progressOf(photo, request(`/photos/${photo.id}/upload`, { headers: headers(photo) }))
}

function bring(photo: DevicePhoto, offset: number, piece: ArrayBuffer): ReturnType<PhotoServer['bring']> {
  return progressOf(photo, request(`/photos/${photo.id}`, {
    method: 'PATCH',
    headers: {
      ...headers(photo),
      'content-type': 'application/offset+octet-stream',
      'upload-offset': `${offset}`,
      'upload-length': `${photo.bytes}`,
      'upload-sha256': photo.sha256,
    },
    body: piece,
  }))
}

function headers(photo: DevicePhoto): Record<string, string> {
  return { 'x-trueshelf': SAID_BY_US['x-trueshelf'], 'x-trueshelf-person': photo.actorId }
}

interface Told extends Partial<Progress> {
  code?: string
  message?: string
  messageZh?: string
}

/** A wrong offset is no refusal: the answer says where to go on. */
async function progressOf(photo: DevicePhoto, answer: Promise<Response>): Promise<Progress> {
  const response = await answer
  const told = (await response.json().catch(() => ({}))) as Told
  if (response.status === 401) throw signedOut(told.code ?? 'UNAUTHENTICATED')
  if (response.ok || told.code === 'WRONG_OFFSET') {
    const { status = 'UNKNOWN', offset = 0, problem } = told
    return { status, offset: Math.min(offset, photo.bytes), ...(problem && { problem }) }
  }
  throw new Refused(told.code ?? `HTTP_${response.status}`, told.message ?? `HTTP ${response.status}`, told.messageZh)
}

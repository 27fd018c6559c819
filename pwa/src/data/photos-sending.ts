/** The one queue of photos of this device, as every tab and the service worker open it: the same rows, the same lock. */
import { clock } from './clock.ts'
import { clockKnown } from './clock-kept.ts'
import { vault } from './database.ts'
import { PhotoQueue, type PhotoServer, type PhotoWorld, type Progress } from './photos-queue.ts'
import { openPhotoDatabase, PhotoStore, type DevicePhoto } from './photos-store.ts'
import { Refused, request, SAID_BY_US, signedOut } from './transport.ts'

/** Whoever brings photos holds this lock, and tells the others under the same name. */
export const PHOTOS_LOCK = 'trueshelf.photos'

export const photoStore = new PhotoStore((closed) => openPhotoDatabase('trueshelf-photos', closed), vault)

export function openPhotoQueue(own: Pick<PhotoWorld, 'actorId' | 'later' | 'changed'>): PhotoQueue {
  return new PhotoQueue({
    store: photoStore,
    server: { look, bring },
    now: () => clock.now(),
    timeIsSure: () => clock.guess === undefined,
    alone: async (work) => {
      await clockKnown()
      if (navigator.locks) await navigator.locks.request(PHOTOS_LOCK, work)
      else await work()
    },
    ...own,
  })
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

import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { openDatabase, vaultOf } from './database.ts'
import { openPhotoDatabase, PhotoStore, type DevicePhoto } from './photos-store.ts'

const POSTER: DevicePhoto = { id: 'poster', actorId: 'li-mei', sha256: 'x', bytes: 3, takenAt: '2026-11-22T02:00:00Z', state: 'waiting', sent: 0, since: 0 }
const PICTURE = new Uint8Array([1, 2, 3]).buffer

async function storeOf(name: string): Promise<PhotoStore> {
  const keys = await openDatabase(`${name}-keys`)
  return new PhotoStore((closed) => openPhotoDatabase(name, closed), vaultOf(async () => keys))
}

/** Another tab wants the database for itself, as a newer app does; then it is gone again. */
async function somebodyElseWants(name: string): Promise<void> {
  await new Promise((done) => (indexedDB.open(name, 2).onsuccess = ({ target }) => done((target as IDBOpenDBRequest).result.close())))
  await new Promise((done) => (indexedDB.deleteDatabase(name).onsuccess = done))
}

test('a connection that made way for somebody else is opened anew', async () => {
  const store = await storeOf('photos-of-two')
  await store.add(POSTER, PICTURE)
  await somebodyElseWants('photos-of-two')

  await store.add(POSTER, PICTURE)

  expect(await store.all()).toEqual([POSTER])
})

test('a database that could not be opened is tried again', async () => {
  let busy = true
  const store = new PhotoStore(async () => {
    if (!busy) return openPhotoDatabase('photos-of-one')
    throw new DOMException('the disk is busy', 'UnknownError')
  }, vaultOf(() => openDatabase('photos-of-one-keys')))
  await expect(store.all()).rejects.toThrow('the disk is busy')
  busy = false

  expect(await store.all()).toEqual([])
})

/** Photos on a device whose own storage or clock fails: they reach the server all the same, and none is given up for it. */
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { openDatabase, vaultOf } from './database.ts'
import { PhotoQueue, PIECE, type Progress } from './photos-queue.ts'
import { openPhotoDatabase, PhotoStore } from './photos-store.ts'

let number = 0
let store: PhotoStore
/** How many bytes the server has. */
let arrived: number
let now: number
let sure: boolean
let planned: (() => void) | undefined

beforeEach(async () => {
  number += 1
  const db = await openPhotoDatabase(`device-photos-${number}`)
  const keys = await openDatabase(`device-photo-keys-${number}`)
  store = new PhotoStore(async () => db, vaultOf(async () => keys))
  ;[arrived, now, sure, planned] = [0, 1_000_000, true, undefined]
})

function open(): PhotoQueue {
  const progress = (bytes: number): Progress => ({ status: arrived < bytes ? 'AWAITED' : 'KEPT', offset: arrived })
  return new PhotoQueue({
    store,
    server: {
      look: async ({ bytes }) => progress(bytes),
      bring: async ({ bytes }, _offset, piece) => ((arrived += piece.byteLength), progress(bytes)),
    },
    actorId: () => 'li-mei',
    now: () => now,
    timeIsSure: () => sure,
    alone: (work) => work(),
    later: (_wait, work) => {
      planned = work
      return () => (planned = undefined)
    },
    changed: () => {},
  })
}

/** Time passes until the next planned attempt, and further. */
async function wait(queue: PhotoQueue, milliseconds = 600_000): Promise<void> {
  now += milliseconds
  planned?.()
  await queue.drain()
}

async function take(id: string, bytes = 3 * PIECE + 17, actorId = 'li-mei'): Promise<void> {
  await store.add({ id, actorId, sha256: 'x', bytes, takenAt: '2026-11-22T02:00:00Z', state: 'waiting', sent: 0, since: now }, new ArrayBuffer(bytes))
}

const states = async (): Promise<Record<string, string>> => Object.fromEntries((await store.all()).map(({ id, state }) => [id, state]))

test('by a clock that nobody has confirmed nothing is given up: it may be years ahead', async () => {
  await take('a', 100, 'wang-fang')
  const queue = open()
  sure = false

  await wait(queue, 365 * 86_400_000)
  expect(await states()).toEqual({ a: 'waiting' })

  sure = true
  await wait(queue)
  expect(await states()).toEqual({})
})

test('a device without room for a mark brings its photos all the same, and forgets them when they are there for good', async () => {
  await take('a')
  store.change = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'))

  await open().drain()

  expect(arrived).toBe(3 * PIECE + 17)
  expect(await states()).toEqual({})
})

test('a storage that fails is tried again by itself, and nobody is left without an answer', async () => {
  await take('a', 100)
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const reading = vi.spyOn(store, 'all').mockRejectedValueOnce(new DOMException('the disk is broken', 'UnknownError'))
  const queue = open()

  await queue.drain()
  expect(await states()).toEqual({ a: 'waiting' })
  expect(complaint).toHaveBeenCalledOnce()
  complaint.mockRestore()
  reading.mockRestore()

  await wait(queue)
  expect(await states()).toEqual({ a: 'kept' })
})

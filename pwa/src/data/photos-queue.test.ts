import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { openDatabase, vaultOf } from './database.ts'
import { PhotoQueue, PIECE, type Progress } from './photos-queue.ts'
import { openPhotoDatabase, PhotoStore, type DevicePhoto, type PhotoDatabase } from './photos-store.ts'
import { Refused, ServerBusy, SignedOut, Unreachable } from './transport.ts'

type Weather = 'lost' | 'answer-lost' | 'busy' | 'signed-out' | 'spoilt' | 'expired'

/** Keeps the bytes of each photo as a real one does: only from where it stands, and decides when all are here. */
class Server {
  readonly held = new Map<string, Uint8Array>()
  readonly announced = new Set<string>()
  readonly bad = new Set<string>()
  weather: Weather[] = []
  asked = 0
  /** Bytes that the network carries in a second; what takes longer than a request may is lost. */
  speed = Infinity
  sizes: number[] = []
  pieces: [string, number][] = []

  look = (photo: DevicePhoto): Promise<Progress> => this.answer(photo, () => {})

  bring = async (photo: DevicePhoto, offset: number, piece: ArrayBuffer): Promise<Progress> => {
    const takes = (piece.byteLength / this.speed) * 1_000
    now += Math.min(takes, 15_000)
    this.sizes.push(piece.byteLength)
    if (takes > 15_000) throw new Unreachable()
    return this.answer(photo, () => {
      const before = this.held.get(photo.id) ?? new Uint8Array()
      if (offset !== before.length) return
      this.pieces.push([photo.id, offset])
      const after = new Uint8Array(before.length + piece.byteLength)
      after.set(before)
      after.set(new Uint8Array(piece), before.length)
      this.held.set(photo.id, after)
    })
  }

  private async answer(photo: DevicePhoto, act: () => void): Promise<Progress> {
    this.asked += 1
    const weather = this.weather.shift()
    if (weather === 'lost') throw new Unreachable()
    if (weather === 'busy') throw new ServerBusy()
    if (weather === 'signed-out') throw new SignedOut()
    if (weather === 'expired') throw new Refused('PHOTO_EXPIRED', 'too late', '太晚了')
    if (weather === 'spoilt') {
      this.held.delete(photo.id)
      throw new Refused('WRONG_HASH', 'spoilt')
    }
    act()
    if (weather === 'answer-lost') throw new Unreachable()
    return this.standing(photo)
  }

  private standing(photo: DevicePhoto): Progress {
    const offset = this.held.get(photo.id)?.length ?? 0
    if (!this.announced.has(photo.id)) return { status: 'UNKNOWN', offset }
    if (offset < photo.bytes) return { status: 'AWAITED', offset }
    if (!this.bad.has(photo.id)) return { status: 'KEPT', offset }
    return { status: 'REFUSED', offset, problem: { code: 'DAMAGED', message: 'damaged', messageZh: '坏了' } }
  }
}

let number = 0
let db: PhotoDatabase
let store: PhotoStore
let server: Server
let actor: string | undefined
let now: number
let planned: (() => void) | undefined
let locked = Promise.resolve()

beforeEach(async () => {
  number += 1
  db = await openPhotoDatabase(`photos-${number}`)
  const keys = await openDatabase(`photo-keys-${number}`)
  store = new PhotoStore(async () => db, vaultOf(async () => keys))
  server = new Server()
  actor = 'li-mei'
  now = 1_000_000
  planned = undefined
})

function open(): PhotoQueue {
  return new PhotoQueue({
    store,
    server,
    actorId: () => actor,
    now: () => now,
    timeIsSure: () => true,
    alone: (work) => (locked = locked.then(work)),
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

async function take(id: string, bytes = 3 * PIECE + 17, actorId = 'li-mei'): Promise<ArrayBuffer> {
  const picture = Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + id.charCodeAt(0)) % 251).buffer
  await store.add({ id, actorId, sha256: 'x', bytes, takenAt: '2026-11-22T02:00:00Z', state: 'waiting', sent: 0, since: now }, picture)
  return picture
}

/** Comparing a million numbers one by one is slow in `toEqual`. */
function same(held: Uint8Array | undefined, picture: ArrayBuffer): boolean {
  const bytes = new Uint8Array(picture)
  return held?.length === bytes.length && held.every((byte, index) => byte === bytes[index])
}

const states = async (): Promise<Record<string, string>> => Object.fromEntries((await store.all()).map(({ id, state }) => [id, state]))

test('a picture comes in pieces, whole and in order, and leaves the device when it is kept', async () => {
  const picture = await take('a')
  server.announced.add('a')

  await open().drain()

  expect(server.pieces).toEqual([['a', 0], ['a', PIECE], ['a', 2 * PIECE], ['a', 3 * PIECE]])
  expect(same(server.held.get('a'), picture)).toBe(true)
  expect(await states()).toEqual({ a: 'kept' })
  expect(await store.picture('a')).toBeUndefined()
})

test('what lies on the device is not the picture as anybody could read it', async () => {
  const picture = new Uint8Array(await take('a', 5000))

  const lies = await db.get('pictures', 'a')

  expect(new Uint8Array(lies?.data ?? new ArrayBuffer(0)).join()).not.toContain(picture.slice(0, 50).join())
  expect(same(new Uint8Array((await store.picture('a')) ?? new ArrayBuffer(0)), picture.buffer)).toBe(true)
})

for (let drops = 0; drops < 6; drops += 1) {
  test(`the network goes away at question ${drops}, before and after the server heard it: it goes on from there`, async () => {
    const picture = await take('a')
    server.announced.add('a')
    const queue = open()
    for (const fault of ['lost', 'answer-lost'] as const) {
      server.weather = [...new Array<never>(drops), fault] as Weather[]
      await queue.drain(true)
    }

    await wait(queue)
    await wait(queue)

    expect(same(server.held.get('a'), picture)).toBe(true)
    expect(await states()).toEqual({ a: 'kept' })
  })
}

test('an app that is killed in the middle goes on when it is opened again', async () => {
  const picture = await take('a')
  server.announced.add('a')
  server.weather = [undefined, undefined, 'lost'] as unknown as Weather[]
  await open().drain()
  expect((await store.all())[0]?.sent).toBe(PIECE)

  await open().drain()

  expect(server.pieces.map(([, offset]) => offset)).toEqual([0, PIECE, 2 * PIECE, 3 * PIECE])
  expect(same(server.held.get('a'), picture)).toBe(true)
})

test('a picture that came before its deed waits for it, and holds up no other', async () => {
  await take('a', 100)
  await take('b', 100)
  server.announced.add('b')
  const queue = open()

  await queue.drain()
  expect(await states()).toEqual({ a: 'waiting', b: 'kept' })
  expect((await store.all())[0]?.sent).toBe(100)
  const asked = server.asked
  await queue.drain()
  expect(server.asked).toBe(asked)

  server.announced.add('a')
  await wait(queue)
  expect(await states()).toEqual({ a: 'kept', b: 'kept' })
  expect(server.pieces).toEqual([['a', 0], ['b', 0]])
})

test('a refused picture says why, and stays on the device until somebody has seen to it', async () => {
  await take('a', 100)
  server.announced.add('a')
  server.bad.add('a')

  await open().drain()

  const [photo] = await store.all()
  expect([photo?.state, photo?.problem?.code, photo?.problem?.messageZh]).toEqual(['refused', 'DAMAGED', '坏了'])
  expect(await store.picture('a')).toBeDefined()
})

test('bytes that arrive spoilt are sent again, but not for ever', async () => {
  await take('a', 100)
  server.announced.add('a')
  server.weather = [undefined, 'spoilt'] as unknown as Weather[]
  const queue = open()
  await queue.drain()
  await wait(queue)
  expect(await states()).toEqual({ a: 'kept' })

  await take('b', 100)
  server.announced.add('b')
  server.weather = ['spoilt', 'spoilt', 'spoilt']
  for (let again = 0; again < 4; again += 1) await wait(queue)
  expect(await states()).toEqual({ a: 'kept', b: 'refused' })
})

test('what the server will never take is not sent again', async () => {
  await take('a', 100)
  server.weather = ['expired']
  const queue = open()

  await queue.drain()
  await wait(queue)

  expect((await store.all())[0]?.problem).toEqual({ code: 'PHOTO_EXPIRED', message: 'too late', messageZh: '太晚了' })
  expect(server.asked).toBe(1)
})

test('the pictures of one person are not sent in the session of another', async () => {
  await take('a', 100)
  await take('b', 100, 'wang-fang')
  server.announced.add('a').add('b')

  actor = 'wang-fang'
  await open().drain()
  expect(await states()).toEqual({ a: 'waiting', b: 'kept' })

  actor = undefined
  await open().drain()
  expect(await states()).toEqual({ a: 'waiting', b: 'kept' })
})

test('whoever is signed out sends nothing more until she is back', async () => {
  await take('a', 100)
  await take('b', 100)
  server.announced.add('a').add('b')
  server.weather = ['signed-out']
  const queue = open()

  await queue.drain()
  expect(server.asked).toBe(1)
  expect(planned, 'asking again every second would not sign her in').toBeUndefined()
  await queue.drain(true)
  expect(await states()).toEqual({ a: 'kept', b: 'kept' })
})

test('a server that is busy is asked less and less often', async () => {
  await take('a', 100)
  server.weather = new Array<Weather>(50).fill('busy')
  const queue = open()
  await queue.drain()

  const early = server.asked
  for (let second = 0; second < 60; second += 1) {
    now += 1000
    await queue.drain()
  }

  expect(early).toBe(1)
  expect(server.asked).toBeGreaterThan(3)
  expect(server.asked).toBeLessThan(9)
})

test('a picture that was forgotten meanwhile is forgotten', async () => {
  await take('a', 100)
  await store.forget(['a'])
  server.announced.add('a')

  await open().drain()

  expect(await states()).toEqual({})
  expect(server.asked).toBe(0)
})

test('what nobody announced in two weeks is given up; what was kept leaves no mark after one', async () => {
  await take('a', 100)
  await take('b', 100)
  server.announced.add('b')
  const queue = open()
  await queue.drain()

  await wait(queue, 8 * 86_400_000)
  expect(await states()).toEqual({ a: 'waiting' })
  await wait(queue, 7 * 86_400_000)
  expect(await states()).toEqual({})
})

test('what its person never came back to bring is given up when the server would not take it any more', async () => {
  await take('a', 100, 'wang-fang')
  const queue = open()

  await wait(queue, 89 * 86_400_000)
  expect(await states()).toEqual({ a: 'waiting' })
  await wait(queue, 2 * 86_400_000)
  expect(await states()).toEqual({})
})

test('a picture taken while the clock was years behind is brought like any other', async () => {
  await take('a', 100)
  server.announced.add('a')
  now += 6 * 365 * 86_400_000

  await open().drain()

  expect(await states()).toEqual({ a: 'kept' })
})

test('whoever vouches for a deed brings its pictures', async () => {
  await take('a', 100, 'wang-fang')
  server.announced.add('a')
  await open().drain()
  expect(await states()).toEqual({ a: 'waiting' })

  await store.change('a', { actorId: 'li-mei' })
  await open().drain()

  expect(await states()).toEqual({ a: 'kept' })
})

test('a device without room says so, and has kept nothing half', async () => {
  const full = { sealBytes: () => Promise.reject(new DOMException('no room', 'QuotaExceededError')), openBytes: async () => undefined }
  store = new PhotoStore(async () => db, full)

  await expect(take('a')).rejects.toThrow('no room')

  expect(await states()).toEqual({})
})

const EDGE = 5_000

test('on a network of 40 kbit/s a picture arrives in one go, in pieces that a request has time for', async () => {
  const picture = await take('a', 300_000)
  server.announced.add('a')
  server.speed = EDGE

  await open().drain()

  expect(same(server.held.get('a'), picture)).toBe(true)
  expect(await states()).toEqual({ a: 'kept' })
  expect(server.sizes.slice(0, 4)).toEqual([PIECE, PIECE / 2, PIECE / 4, PIECE / 8])
  expect(Math.max(...server.sizes.slice(2)) / EDGE).toBeLessThan(15)
})

test('whoever goes on begins with what the network carried: another page, or the worker', async () => {
  await take('a', 200_000)
  server.speed = EDGE
  await open().drain()
  server.held.clear()
  server.sizes = []

  await open().drain()

  expect(server.sizes[0]).toBeLessThanOrEqual(PIECE / 4)
})

test('a network that became quick again carries the largest pieces again', async () => {
  await take('a', 200_000)
  server.speed = EDGE
  const queue = open()
  await queue.drain()
  server.speed = Infinity
  await take('b', 4 * PIECE)
  server.sizes = []

  await wait(queue)

  expect(server.sizes.slice(0, 1).concat(Math.max(...server.sizes))).toEqual([expect.any(Number), PIECE])
  expect(server.sizes[0]).toBeLessThan(PIECE)
})

test('a network that is not there is not asked again and again at once', async () => {
  await take('a')
  let asked = 0
  server.bring = async () => {
    asked += 1
    throw new Unreachable()
  }

  await open().drain()

  expect(asked).toBe(1)
})

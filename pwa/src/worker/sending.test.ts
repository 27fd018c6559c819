import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { database, writeDevice } from '../data/database.ts'
import type { Operation } from '../data/operations.ts'
import { photoStore } from '../data/photos-sending.ts'
import { noteSender, openOutbox } from '../data/sending.ts'
import { sendAll, StillWaiting } from './sending.ts'

const DAY = 86_400_000
const TWENTY_DAYS_AHEAD = -20 * DAY

interface Asked {
  path: string
  person: string | null
}

let asked: Asked[]
/** What the server says of a photo; undefined when nobody answers anything. */
let photo: Record<string, unknown> | undefined

/** Takes every sale; its answers tell no time. */
async function server(path: string, init: RequestInit): Promise<Response> {
  asked.push({ path, person: new Headers(init.headers).get('x-trueshelf-person') })
  if (!photo) throw new TypeError('no network')
  if (path !== '/graphql') return Response.json(photo)
  const { query } = JSON.parse(init.body as string) as { query: string }
  const names = [...query.matchAll(/\b(a\d+): recordSale/g)].map(([, name]) => name)
  return Response.json({ data: Object.fromEntries(names.map((name) => [name, { __typename: 'RecordSaleSuccess', lines: [], clockErrorSeconds: null }])) })
}

beforeEach(async () => {
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('fetch', server)
  asked = []
  photo = { status: 'AWAITED', offset: 10 }
  const db = await database()
  await Promise.all([db.clear('operations'), db.clear('device')])
  await photoStore.forget((await photoStore.all()).map(({ id }) => id))
})
afterEach(() => vi.unstubAllGlobals())

/** Put there by a page that was closed before it could send. */
async function sold(requestId: string, actorId = 'li-mei'): Promise<void> {
  const page = openOutbox({ actorId: () => undefined, later: () => () => {}, changed: () => {} })
  const input = { requestId, storeId: 'wangjing', origin: { occurredAt: '2026-11-21T06:00:00Z', source: 'PHONE' as const }, lines: [] }
  await page.put({ requestId, actorId, storeId: 'wangjing', at: 0, deed: { kind: 'sale', input, lines: [], totalFen: 0 } })
  await page.drain()
}

async function kept(requestId: string): Promise<Operation | undefined> {
  const outbox = openOutbox({ actorId: () => undefined, later: () => () => {}, changed: () => {} })
  return (await outbox.all()).find((operation) => operation.requestId === requestId)
}

/** All of it is on the server, which has not heard of its deed. */
async function photographed(id: string, since: number, actorId = 'li-mei', sent = 10): Promise<void> {
  const about = { id, actorId, sha256: 'x', bytes: 10, takenAt: '2026-11-22T02:00:00Z', state: 'waiting' as const, sent, since }
  await photoStore.add(about, new Uint8Array(10).buffer)
}

// The first of this file: what the clock is known to be wrong by is read once in the life of a worker.
test('a worker whose phone is twenty days ahead knows it before it says when, and gives no photo up', async () => {
  await writeDevice('clock', TWENTY_DAYS_AHEAD)
  await noteSender('li-mei')
  const trueTime = Date.now() + TWENTY_DAYS_AHEAD
  await sold('sale')
  await photographed('poster', trueTime - DAY)

  await sendAll()

  const { triedAt = 0, settledAt = 0 } = (await kept('sale')) ?? {}
  expect(Math.abs(triedAt - trueTime)).toBeLessThan(60_000)
  expect(Math.abs(settledAt - trueTime)).toBeLessThan(60_000)
  expect(await photoStore.all()).toHaveLength(1)
})

test('what was done goes out in the name of whoever was here last, and the worker is done', async () => {
  await noteSender('li-mei')
  await sold('sale')

  await sendAll()

  expect(asked).toEqual([{ path: '/graphql', person: 'li-mei' }])
  expect(await kept('sale')).toMatchObject({ state: 'accepted' })
})

test('after a sign-out nothing is sent', async () => {
  await noteSender(undefined)
  await sold('sale')
  await photographed('poster', Date.now(), 'li-mei', 0)

  await sendAll()

  expect(asked).toEqual([])
  expect(await kept('sale')).toMatchObject({ state: 'waiting', attempts: 0 })
})

test("another person's sale waits for that person, and asks for no further call", async () => {
  await noteSender('li-mei')
  await sold('sale', 'wang-fang')
  await photographed('poster', Date.now(), 'wang-fang', 0)

  await sendAll()

  expect(asked).toEqual([])
  expect(await kept('sale')).toMatchObject({ state: 'waiting', attempts: 0 })
})

test('without an answer it asks to be called again', async () => {
  await noteSender('li-mei')
  await sold('sale')
  photo = undefined

  await expect(sendAll()).rejects.toThrow(StillWaiting)
  expect(await kept('sale')).toMatchObject({ state: 'waiting', attempts: 1 })
})

test('a photo that is not whole on the server asks for another call; one that waits for its deed does not', async () => {
  await noteSender('li-mei')
  await photographed('whole', Date.now())
  await sendAll()

  photo = undefined
  await photographed('half', Date.now(), 'li-mei', 5)
  await expect(sendAll()).rejects.toThrow(StillWaiting)
})

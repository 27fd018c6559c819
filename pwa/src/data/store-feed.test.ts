import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { watch } from 'vue'
import { keptIsDamaged } from './connection.ts'
import { database, forgetReadings, notTakenOver, readLevels, readNote, writeReadings } from './database.ts'
import type { Level } from './levels.ts'
import { followStore } from './store-feed.ts'

/** What the store's server would say: a grid, and an item at the head of the live feed. */
const server = vi.hoisted(() => ({ tell: (_item: unknown): void => {}, stockGrid: {} }))

vi.mock('./live.ts', () => ({
  watchLive: () => () => {},
  follow: ({ item }: { item: (data: unknown) => void }) => {
    server.tell = (stockChanges) => item({ stockChanges })
    return () => (server.tell = () => {})
  },
}))
vi.mock('./transport.ts', () => ({ ask: async () => ({ stockGrid: server.stockGrid }) }))

function level(skuId: string, version: number, onHand: number): Level {
  return { storeId: 'wangjing', skuId, onHand, reserved: 0, available: onHand, incoming: 0, safetyStock: 0, belowSafety: false, soldUnits: 0, version }
}

beforeEach(() => vi.spyOn(Math, 'random').mockReturnValue(0))

test('a database that was restored shows its own figures, on the screen and on the device', async () => {
  await writeReadings({
    in: { store: 'levels', storeId: 'wangjing' },
    things: [level('tea', 90, 3), level('milk', 80, 7)],
    idOf: ({ skuId }) => skuId,
    note: { key: 'stock', value: { storeId: 'wangjing', cursor: 'old', at: 1 } },
  })
  const feed = followStore('wangjing', { keep: true })
  await vi.waitFor(() => expect(feed.levels.get('wangjing', 'tea')?.onHand).toBe(3))
  server.stockGrid = { cursor: 'new', storeIds: ['wangjing'], skuIds: ['tea'], rows: [[0, 0, 12, 0, 0, 0, 0, 40]] }

  await vi.waitFor(() => {
    server.tell({ __typename: 'ResyncRequired', reason: 'restored' })
    expect(feed.levels.get('wangjing', 'tea')).toEqual(level('tea', 40, 12))
  })

  expect(feed.levels.get('wangjing', 'milk')).toBeUndefined()
  await vi.waitFor(async () => expect(await readNote('stock')).toMatchObject({ cursor: 'new' }))
  expect(await readLevels('wangjing')).toEqual({ things: [level('tea', 40, 12)], whole: true })
  feed.stop()
})

async function kept(): Promise<void> {
  await writeReadings({
    in: { store: 'levels', storeId: 'wangjing' },
    things: [level('tea', 1, 3), level('milk', 1, 7)],
    idOf: ({ skuId }) => skuId,
    note: { key: 'stock', value: { storeId: 'wangjing', cursor: 'old', at: 1 } },
  })
  server.stockGrid = { cursor: 'new', storeIds: ['wangjing'], skuIds: ['tea', 'milk'], rows: [[0, 0, 12, 0, 0, 0, 0, 40], [0, 1, 8, 0, 0, 0, 0, 41]] }
}

test('stock that is damaged is said, and comes again whole', async () => {
  await kept()
  const db = await database()
  const [place = ['', -1] as [string, number]] = await db.getAllKeys('levels')
  await db.put('levels', { iv: new Uint8Array(12), data: new ArrayBuffer(40) }, place)
  const heard: boolean[] = []
  watch(keptIsDamaged, (is) => heard.push(is), { flush: 'sync' })

  const feed = followStore('wangjing', { keep: true })

  await vi.waitFor(() => expect([feed.levels.get('wangjing', 'tea')?.onHand, feed.levels.get('wangjing', 'milk')?.onHand]).toEqual([12, 8]))
  expect(heard).toEqual([true, false])
  await vi.waitFor(async () => expect((await readLevels('wangjing')).whole).toBe(true))
  feed.stop()
})

test('stock that an update could not take over is said, and comes again', async () => {
  await forgetReadings()
  server.stockGrid = { cursor: 'new', storeIds: ['wangjing'], skuIds: ['tea'], rows: [[0, 0, 12, 0, 0, 0, 0, 40]] }
  notTakenOver.add('stock')
  const heard: boolean[] = []
  watch(keptIsDamaged, (is) => heard.push(is), { flush: 'sync' })

  const feed = followStore('wangjing', { keep: true })

  await vi.waitFor(() => expect(feed.levels.get('wangjing', 'tea')?.onHand).toBe(12))
  expect(heard).toEqual([true, false])
  feed.stop()
})

test('what was forgotten while it was followed is kept whole again, not only what changed since', async () => {
  await kept()
  const feed = followStore('wangjing', { keep: true })
  await vi.waitFor(() => expect(feed.levels.get('wangjing', 'milk')?.onHand).toBe(7))
  await forgetReadings()

  await vi.waitFor(() => {
    server.tell({ __typename: 'StockChanged', cursor: 'next', changes: [level('tea', 2, 5)] })
    expect(feed.levels.get('wangjing', 'tea')?.onHand).toBe(5)
  })

  await vi.waitFor(async () => expect(await readNote('stock')).toMatchObject({ cursor: 'next' }))
  expect((await readLevels('wangjing')).things.map(({ skuId }) => skuId).toSorted()).toEqual(['milk', 'tea'])
  feed.stop()
})

test('a storage that cannot be read does not keep the stock from coming', async () => {
  await kept()
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const reading = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(() => {
    throw new DOMException('the disk is broken', 'UnknownError')
  })

  const feed = followStore('wangjing', { keep: true })

  await vi.waitFor(() => expect(feed.levels.get('wangjing', 'tea')?.onHand).toBe(12))
  expect(complaint).toHaveBeenCalledOnce()
  reading.mockRestore()
  feed.stop()
})

test('a full device follows the stock all the same, and keeps it when there is room again', async () => {
  await forgetReadings()
  server.stockGrid = { cursor: 'new', storeIds: ['wangjing'], skuIds: ['tea'], rows: [[0, 0, 12, 0, 0, 0, 0, 40]] }
  server.tell = () => {}
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  const feed = followStore('wangjing', { keep: true })
  await vi.waitFor(() => {
    server.tell({ __typename: 'StockChanged', cursor: 'newer', changes: [level('tea', 41, 11)] })
    expect(feed.levels.get('wangjing', 'tea')?.onHand).toBe(11)
  })
  put.mockRestore()

  server.tell({ __typename: 'StockChanged', cursor: 'newest', changes: [level('milk', 42, 5)] })

  await vi.waitFor(async () => expect((await readLevels('wangjing')).things).toHaveLength(2))
  feed.stop()
})

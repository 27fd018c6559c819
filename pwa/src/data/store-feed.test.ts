import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { readLevels, readNote, writeReadings } from './database.ts'
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
  expect(await readLevels('wangjing')).toEqual([level('tea', 40, 12)])
  feed.stop()
})

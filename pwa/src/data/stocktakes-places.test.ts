import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { openCatalogue, refreshCatalogue } from './catalogue.ts'
import { forgetReadings } from './database.ts'
import type { InStorePattern } from './in-store-codes.ts'
import { openPlaces, readCode } from './stocktakes-places.ts'

const SCALES: InStorePattern[] = [
  { prefix: '24', itemDigits: 5, valueDigits: 5, measure: 'GRAMS', priceCheck: false },
  { prefix: '25', itemDigits: 5, valueDigits: 5, measure: 'FEN', priceCheck: false },
]
const TEA = {
  id: 'tea',
  code: 'tea',
  name: '茶',
  nameEn: 'tea',
  unit: '份',
  category: { id: 'drinks' },
  gtins: [
    { gtin: '2400001000005', packUnits: 10 },
    { gtin: '2500001000002', packUnits: 10 },
    { gtin: '6901234567892', packUnits: 24 },
  ],
  price: 1_500,
}

vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async (_document: unknown, variables: { known?: string[]; code?: string }) => {
    if (variables.code) return { skuByCode: null }
    if (variables.known) return { catalogueChanges: { complete: true, blocks: [{ number: 0, digest: 'a', skus: [TEA] }] } }
    return { inStorePatterns: SCALES, shelves: [] }
  },
}))

beforeEach(async () => {
  await forgetReadings()
  await Promise.all([refreshCatalogue('wangjing'), openPlaces('wangjing')])
})

test('a weighed package is as many as its weight makes of what a kilogram is', async () => {
  expect(await readCode('2400001012305', 'wangjing')).toMatchObject({ item: { id: 'tea' }, units: 12, weighed: { measure: 'GRAMS', value: 1230 } })
})

test('a priced package is as many as its price buys', async () => {
  expect(await readCode('2500001045003', 'wangjing')).toMatchObject({ units: 3, weighed: { measure: 'FEN', value: 4500 } })
})

test('a code of a case is a case, and nobody weighs it', async () => {
  expect(await readCode('6901234567892', 'wangjing')).toMatchObject({ units: 24, weighed: undefined })
})

test('what nobody knows is nothing', async () => {
  await openCatalogue(undefined)
  expect(await readCode('2400009012307', 'wangjing')).toBeUndefined()
})

test('the code of a shelf is strange only to who has read the shelves', async () => {
  vi.resetModules()
  const fresh = await import('./stocktakes-places.ts')
  expect(fresh.shelfOfCode('/s/0123456789abcdef')).toBe('unread')

  await fresh.openPlaces('wangjing')

  expect(fresh.shelfOfCode('/s/0123456789abcdef')).toBe('strange')
  expect(fresh.shelfOfCode('6901234567892')).toBeUndefined()
})

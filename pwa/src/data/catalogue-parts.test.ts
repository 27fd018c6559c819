import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { catalogue, openCatalogue, refreshCatalogue } from './catalogue.ts'
import { merge, NO_PARTS, partsOf } from './catalogue-parts.ts'
import { forgetReadings, readItems, readNote, writeReadings } from './database.ts'

/** What the server has, by part; it tells one part at a time. */
const server = vi.hoisted(() => ({ parts: new Map<number, { digest: string; skus: object[] }>(), asked: [] as string[][] }))

vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async (_document: unknown, variables: { known?: string[] }) => {
    if (!variables.known) return { inStorePatterns: [] }
    const { known } = variables
    server.asked.push([...known])
    const changed = [...server.parts].filter(([number, { digest }]) => digest !== (known[number] ?? ''))
    const [first] = changed
    return { catalogueChanges: { complete: changed.length <= 1, blocks: first ? [{ number: first[0], ...first[1] }] : [] } }
  },
}))

function sku(id: string, price: number): object {
  return { id, code: id, name: id, nameEn: id, unit: '杯', category: { id: 'drinks' }, gtins: [], price }
}

const prices = (): Record<string, number | null> => Object.fromEntries([...catalogue.value.values()].map(({ id, priceFen }) => [id, priceFen]))

beforeEach(async () => {
  await forgetReadings()
  server.asked = []
  server.parts = new Map([
    [0, { digest: 'a', skus: [sku('tea', 1_000), sku('milk', 500)] }],
    [3, { digest: 'b', skus: [sku('rice', 700)] }],
  ])
})

test('a new device reads all of it, part by part', async () => {
  await openCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect(server.asked).toEqual([[], ['a']])
  expect((await readItems()).map(({ id }) => id).toSorted()).toEqual(['milk', 'rice', 'tea'])
})

test('then it reads what changed only: a new price, something new, something gone', async () => {
  await openCatalogue('wangjing')
  server.asked = []
  server.parts.set(0, { digest: 'c', skus: [sku('tea', 1_200), sku('juice', 900)] })

  await refreshCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_200, juice: 900, rice: 700 })
  expect(server.asked).toEqual([['a', '', '', 'b']])
  expect((await readItems()).map(({ id, priceFen }) => `${id} ${priceFen}`).toSorted()).toEqual(['juice 900', 'rice 700', 'tea 1200'])
  expect(await readNote('catalogue')).toMatchObject({ storeId: 'wangjing', digests: ['c', '', '', 'b'] })
})

test('a part that became empty takes its items with it', async () => {
  await openCatalogue('wangjing')
  server.parts.set(3, { digest: '', skus: [] })

  await refreshCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_000, milk: 500 })
})

test('another store begins anew: its prices are its own', async () => {
  await openCatalogue('wangjing')
  server.asked = []
  server.parts = new Map([[0, { digest: 'x', skus: [sku('tea', 2_000)] }]])

  await openCatalogue('xidan')

  expect(server.asked[0]).toEqual([])
  expect(prices()).toEqual({ tea: 2_000 })
  expect((await readItems()).map(({ id }) => id)).toEqual(['tea'])
})

test('what an older app read whole is read anew', async () => {
  await writeReadings({ in: { store: 'items' }, things: [{ id: 'old' }], idOf: ({ id }) => id, note: { key: 'catalogue', value: { storeId: 'wangjing', at: 0 } } })

  await openCatalogue('wangjing')

  expect(server.asked[0]).toEqual([])
  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect((await readItems()).map(({ id }) => id)).not.toContain('old')
})

test('an item that was only scanned stays until its part comes', () => {
  const scanned = { id: 'tea' } as Parameters<typeof partsOf>[1][number]
  const { parts } = merge(partsOf({ digests: [] }, [scanned]), [{ number: 1, digest: 'z', skus: [] }])

  expect([...parts.items.keys()]).toEqual(['tea'])
  expect(NO_PARTS.digests).toEqual([])
})

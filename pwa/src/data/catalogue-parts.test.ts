import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { watch } from 'vue'
import { catalogue, openCatalogue, refreshCatalogue } from './catalogue.ts'
import { merge, NO_PARTS, partsOf } from './catalogue-parts.ts'
import { keptIsDamaged } from './connection.ts'
import { database, forgetReadings, Forgotten, notTakenOver, readingsEra, readItems, readNote, writeNote, writeReadings } from './database.ts'

/** What the server has, by part; it tells one part at a time. */
const server = vi.hoisted(() => ({ parts: new Map<number, { digest: string; skus: object[] }>(), asked: [] as string[][], meanwhile: async (_known: string[]): Promise<void> => {} }))

vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async (_document: unknown, variables: { known?: string[] }) => {
    if (!variables.known) return { inStorePatterns: [] }
    const { known } = variables
    server.asked.push([...known])
    await server.meanwhile(known)
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
  server.meanwhile = async () => {}
  server.parts = new Map([
    [0, { digest: 'a', skus: [sku('tea', 1_000), sku('milk', 500)] }],
    [3, { digest: 'b', skus: [sku('rice', 700)] }],
  ])
})

test('a new device reads all of it, part by part', async () => {
  await openCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect(server.asked).toEqual([[], ['a']])
  expect((await readItems()).things.map(({ id }) => id).toSorted()).toEqual(['milk', 'rice', 'tea'])
})

test('then it reads what changed only: a new price, something new, something gone', async () => {
  await openCatalogue('wangjing')
  server.asked = []
  server.parts.set(0, { digest: 'c', skus: [sku('tea', 1_200), sku('juice', 900)] })

  await refreshCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_200, juice: 900, rice: 700 })
  expect(server.asked).toEqual([['a', '', '', 'b']])
  expect((await readItems()).things.map(({ id, priceFen }) => `${id} ${priceFen}`).toSorted()).toEqual(['juice 900', 'rice 700', 'tea 1200'])
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
  expect((await readItems()).things.map(({ id }) => id)).toEqual(['tea'])
})

test('what an older app read whole is read anew', async () => {
  await writeReadings({ in: { store: 'items' }, things: [{ id: 'old' }], idOf: ({ id }) => id, note: { key: 'catalogue', value: { storeId: 'wangjing', at: 0 } } })

  await openCatalogue('wangjing')

  expect(server.asked[0]).toEqual([])
  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect((await readItems()).things.map(({ id }) => id)).not.toContain('old')
})

test('an item that was only scanned stays until its part comes', () => {
  const scanned = { id: 'tea' } as Parameters<typeof partsOf>[1]['things'][number]
  const { parts } = merge(partsOf({ digests: [] }, { things: [scanned], whole: true }), [{ number: 1, digest: 'z', skus: [] }])

  expect([...parts.items.keys()]).toEqual(['tea'])
  expect(NO_PARTS.digests).toEqual([])
})

test('a part that is damaged is said, and everything comes again, though it was read a minute ago', async () => {
  await openCatalogue('wangjing')
  const db = await database()
  const [block = -1] = await db.getAllKeys('items')
  await db.put('items', { iv: new Uint8Array(12), data: new ArrayBuffer(40) }, block)
  server.asked = []
  const heard: boolean[] = []
  watch(keptIsDamaged, (is) => heard.push(is), { flush: 'sync' })

  await openCatalogue('wangjing')

  expect(heard).toEqual([true, false])
  expect(server.asked[0]).toEqual([])
  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect((await readItems()).whole).toBe(true)
})

test('a full device shows all that came, and keeps nothing that it would miss a part of', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })

  await openCatalogue('wangjing')

  expect(prices()).toEqual({ tea: 1_000, milk: 500, rice: 700 })
  expect(await readNote('catalogue')).toBeUndefined()
  put.mockRestore()
})

test('what a clock that was a day ahead called fresh is asked about all the same', async () => {
  await openCatalogue('wangjing')
  await writeNote('catalogue', { ...(await readNote<object>('catalogue')), at: Date.now() + 86_400_000 })
  server.asked = []

  await openCatalogue('wangjing')

  expect(server.asked).toEqual([['a', '', '', 'b']])
})

test('goods that an update could not take over are said, and come again', async () => {
  notTakenOver.add('goods')
  const heard: boolean[] = []
  watch(keptIsDamaged, (is) => heard.push(is), { flush: 'sync' })

  await openCatalogue('wangjing')

  expect(heard).toEqual([true, false])
  expect(Object.keys(prices())).toHaveLength(3)
})

test('what is forgotten while it comes leaves no hole behind that is taken for the whole', async () => {
  server.meanwhile = async (known) => void (known.length && (await forgetReadings()))

  await openCatalogue('wangjing')

  expect(Object.keys(prices())).toHaveLength(3)
  expect(await readNote('catalogue')).toBeUndefined()
})

test('nor does another tab that forgets it', async () => {
  const otherTab = new BroadcastChannel('trueshelf.readings')
  const before = readingsEra()

  otherTab.postMessage('forgotten')

  await vi.waitFor(() => expect(readingsEra()).toBe(before + 1))
  await expect(writeReadings({ in: { store: 'items' }, things: [], idOf: () => '', note: { key: 'catalogue', value: {} }, begun: before })).rejects.toThrow(Forgotten)
  otherTab.close()
})

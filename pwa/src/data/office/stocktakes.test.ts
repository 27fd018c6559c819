import { expect, test, vi } from 'vitest'
import { countsNow, together, type StoreFigures } from './stocktakes.ts'

const world = vi.hoisted(() => ({ version: 1, lineCount: 3, sheets: 0 }))
vi.mock('../transport.ts', () => ({
  ask: async (_document: unknown, { id }: { id?: string }) => {
    if (id === undefined) return { stocktakes: { edges: [{ node: { id: 'night', version: world.version, lineCount: world.lineCount } }] } }
    world.sheets += 1
    return { stocktake: { states: [{ state: 'READY', count: 9 }, { state: 'SECOND_PERSON', count: world.version }] } }
  },
}))

const ratio = (numerator: number, denominator: number): StoreFigures['countError'] => ({ numerator, denominator, value: denominator ? numerator / denominator : null })
const store = (storeId: string, wrong: number, checked: number): StoreFigures => ({
  storeId,
  stocktakes: 1,
  discrepancy: ratio(0, 0),
  countError: ratio(wrong, checked),
  minutesPerPerson: ratio(30, 1),
  minutesPerHundred: { value: null },
})

test('a store that checked little weighs little', () => {
  expect(together([store('wangjing', 1, 10), store('guomao', 0, 90)])).toEqual({ countError: 0.01, discrepancy: null, minutesPerPerson: 30 })
})

test('what waits in a stocktake is asked for again only when somebody has touched it', async () => {
  const waits = async (): Promise<number[]> => (await countsNow(['wangjing'])).map((count) => count.waits)
  expect([await waits(), await waits()]).toEqual([[1], [1]])
  world.version = 2
  expect(await waits()).toEqual([2])
  expect(world.sheets).toBe(2)
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchAhead } from './stocktakes-ahead.ts'

const world = vi.hoisted(() => ({ asked: [] as string[], reached: true }))
vi.mock('./stocktakes-places.ts', async () => {
  const placesKnown = (await import('vue')).ref(false)
  return {
    placesKnown,
    openPlaces: async (storeId: string) => {
      world.asked.push(`places ${storeId}`)
      placesKnown.value = world.reached
    },
    openCategories: async () => void world.asked.push('categories'),
  }
})
vi.mock('./stocktakes.ts', () => ({
  readDue: async (storeId: string) => {
    world.asked.push(`due ${storeId}`)
    if (!world.reached) throw new Error('away')
  },
}))

beforeEach(() => {
  vi.useFakeTimers()
  world.asked = []
  world.reached = true
})
afterEach(() => void vi.useRealTimers())

test('what a count needs is fetched once for a store, and not while the home is being loaded', async () => {
  fetchAhead('wangjing')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(world.asked).toEqual([])

  await vi.advanceTimersByTimeAsync(10_000)
  expect(world.asked).toEqual(['places wangjing', 'categories', 'due wangjing'])
  fetchAhead('wangjing')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(world.asked).toHaveLength(3)
})

test('what the network failed is fetched when it is back', async () => {
  world.reached = false
  fetchAhead('lujiazui')
  await vi.advanceTimersByTimeAsync(20_000)
  world.reached = true
  fetchAhead('lujiazui')
  await vi.advanceTimersByTimeAsync(20_000)

  expect(world.asked).toEqual(['places lujiazui', 'categories', 'due lujiazui', 'places lujiazui', 'categories', 'due lujiazui'])
})

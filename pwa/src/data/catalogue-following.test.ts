import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { catalogue } from './catalogue.ts'
import { followCatalogue } from './catalogue-following.ts'
import { forgetReadings } from './database.ts'
import { Unreachable } from './transport.ts'

const network = vi.hoisted(() => ({ away: true, asked: 0, live: (_connected: boolean): void => {} }))

vi.mock('./live.ts', () => ({
  watchLive: ({ connected }: { connected: (is: boolean) => void }) => (network.live = connected),
}))
vi.mock('./transport.ts', async (original) => ({
  ...(await original<object>()),
  ask: async (_document: unknown, variables: { known?: string[] }) => {
    network.asked += 1
    if (network.away) throw new Unreachable()
    if (!variables.known) return { inStorePatterns: [] }
    const skus = [{ id: 'tea', code: 'tea', name: '茶', nameEn: 'tea', unit: '杯', category: { id: 'drinks' }, gtins: [], price: 1 }]
    return { catalogueChanges: { complete: true, blocks: [{ number: 0, digest: 'a', skus }] } }
  },
}))
vi.stubGlobal('addEventListener', () => {})

beforeEach(async () => {
  await forgetReadings()
  catalogue.value = new Map()
  Object.assign(network, { away: true, asked: 0 })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(async () => {
  await followCatalogue(undefined)
  vi.useRealTimers()
})

const here = (): string[] => [...catalogue.value.keys()]

test('a catalogue that did not come is asked for again by itself', async () => {
  await followCatalogue('wangjing')
  expect([network.asked, here()]).toEqual([1, []])
  network.away = false

  vi.advanceTimersByTime(30_000)
  vi.useRealTimers()

  await vi.waitFor(() => expect(here()).toEqual(['tea']))
})

test('and at once when the network is back', async () => {
  const { watchConnection } = await import('./connection.ts')
  watchConnection()
  await followCatalogue('wangjing')
  network.away = false

  network.live(true)
  await nextTick()
  vi.useRealTimers()

  await vi.waitFor(() => expect(here()).toEqual(['tea']))
})

test('nobody asks for it any more when nobody works here', async () => {
  await followCatalogue('wangjing')
  await followCatalogue(undefined)

  vi.advanceTimersByTime(60_000)

  expect(network.asked).toBe(1)
})

test('what is here is not asked for again each time that the network comes back', async () => {
  network.away = false
  await followCatalogue('wangjing')
  const asked = network.asked

  network.live(false)
  await nextTick()
  network.live(true)
  await nextTick()

  expect(network.asked).toBe(asked)
})

test('nor when it came at the second attempt', async () => {
  await followCatalogue('wangjing')
  network.away = false
  await followCatalogue('wangjing')
  const asked = network.asked

  vi.advanceTimersByTime(60_000)
  network.live(false)
  await nextTick()
  network.live(true)
  await nextTick()

  expect(network.asked).toBe(asked)
})
